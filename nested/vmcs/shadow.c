// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fields that L1 reads and writes without an exit (SDM "VMCS Shadowing").
 *
 * Each slot has a VMCS of the shadow kind beside its VMCS02. While L1 is in VMX root operation the
 * fields below live there; while L2 runs they live in VMCS02. What an exit has changed is copied
 * one way, what L1 may have written the other way, and only what differs from the last known value
 * (the slot's) is written.
 *
 * The lists were chosen by counting what KVM of Linux 6.1 and 6.12 touches between an exit and the
 * next entry. After an exit whose instruction a hypervisor emulates, L1 can read the wide set too,
 * which has the segments that the emulator reads. After VMPTRLD L1 can write a few host fields too,
 * until L2 has run. VMCS01's bitmaps follow. What is in no list exits, and is read or written in
 * VMCS02 or the slot.
 *
 * Read-only fields can be written to a shadow VMCS only where IA32_VMX_MISC has bit 29; elsewhere
 * there is no shadowing.
 */
#include "arch/reasons.h"
#include "arch/vmx.h"
#include "arch/x86.h"
#include "machine/contract.h"
#include "vmcs/overlay.h"
#include "vmcs/shadow.h"
#include "vmcs/slot.h"

/* Exit information that every exit defines, if only as "cleared" or "not valid" */
#define EXIT_INFORMATION(X)         \
	X(EXIT_QUALIFICATION)       \
	X(VM_EXIT_INTR_INFO)        \
	X(IDT_VECTORING_INFO_FIELD) \
	X(VM_EXIT_INSTRUCTION_LEN)

/* Exit information that only some exits define */
#define EXIT_DETAILS(X)             \
	X(VM_EXIT_INTR_ERROR_CODE)  \
	X(IDT_VECTORING_ERROR_CODE) \
	X(GUEST_PHYSICAL_ADDRESS)

/* L2 changes these, and L1 looks at them after most exits. */
#define GUEST_HOT(X)                   \
	X(GUEST_RIP)                   \
	X(GUEST_RSP)                   \
	X(GUEST_RFLAGS)                \
	X(GUEST_INTERRUPTIBILITY_INFO) \
	X(GUEST_CS_AR_BYTES)           \
	X(GUEST_SS_AR_BYTES)

/* L1 writes these before many entries. Of the last an exit changes only its valid bit. */
#define L1_WRITES(X)                   \
	X(GUEST_RIP)                   \
	X(GUEST_RFLAGS)                \
	X(GUEST_INTERRUPTIBILITY_INFO) \
	X(VM_ENTRY_INTR_INFO_FIELD)

/* What an instruction emulator reads beside those, and L1 only reads. */
#define GUEST_WIDE(X)        \
	X(GUEST_CS_BASE)     \
	X(GUEST_CS_SELECTOR) \
	X(GUEST_CS_LIMIT)    \
	X(GUEST_DS_AR_BYTES) \
	X(GUEST_DS_BASE)     \
	X(GUEST_DS_SELECTOR) \
	X(GUEST_DS_LIMIT)    \
	X(GUEST_ES_AR_BYTES) \
	X(GUEST_ES_BASE)     \
	X(GUEST_ES_SELECTOR) \
	X(GUEST_ES_LIMIT)    \
	X(GUEST_CR0)         \
	X(GUEST_CR3)         \
	X(GUEST_CR4)

/*
 * Fields that depend on the CPU and the process: KVM writes them after the VMPTRLD that brings a
 * virtual CPU to a CPU. L1 has no need to read them.
 */
#define HOST_OF_CPU(X)    \
	X(HOST_CR3)       \
	X(HOST_CR4)       \
	X(HOST_FS_BASE)   \
	X(HOST_GS_BASE)   \
	X(HOST_TR_BASE)   \
	X(HOST_GDTR_BASE) \
	X(HOST_IA32_SYSENTER_ESP)

#define INDEX(name) FI_##name,

static const u8 shadow_read[] = { FI_VM_EXIT_REASON,
				  EXIT_INFORMATION(INDEX) EXIT_DETAILS(INDEX) GUEST_HOT(INDEX) };
static const u8 shadow_written[] = {
	L1_WRITES(INDEX) FI_CPU_BASED_VM_EXEC_CONTROL,
	FI_HOST_RSP,
	FI_TPR_THRESHOLD,
	FI_VMX_PREEMPTION_TIMER_VALUE,
};
static const u8 shadow_wide[] = { GUEST_WIDE(INDEX) };
static const u8 shadow_host[] = { HOST_OF_CPU(INDEX) };

static u32 encoding(int field)
{
	return field_table[field].encoding;
}

bool shadow_holds(const struct nested *n, const struct vmcs_slot *slot, int field)
{
	u8 sets = n->shadow_sets[field];

	if (likely(!sets) || n->in_l2 || slot->address == VMX_NO_VMCS)
		return false;
	return sets & (SHADOW_USUAL | slot->sets);
}

void shadow_write(struct nested *n, struct vmcs_slot *slot, int field, u64 value)
{
	if (likely(!n->shadow_sets[field]))
		return;
	m_vmptrld(slot->shadow);
	m_vmwrite(encoding(field), value);
	m_vmptrld(n->vmcs01);
}

static void allow(u64 bitmap, int field)
{
	u8 *byte = (u8 *)m_va(bitmap) + encoding(field) / 8;

	*byte &= ~(1u << (encoding(field) % 8));
}

static u64 new_bitmap(struct nested *n)
{
	u64 bitmap = pool_take(&n->pool);

	__builtin_memset(m_va(bitmap), 0xff, PAGE_4K_SIZE);
	return bitmap;
}

static void put_into(struct nested *n, enum shadow_set set, const u8 *list, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (field_exists(n, list[i]))
			n->shadow_sets[list[i]] |= set;
	}
}

static void allow_list(const struct nested *n, u64 bitmap, const u8 *list, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (field_exists(n, list[i]))
			allow(bitmap, list[i]);
	}
}

/* All fields but the number of an error, which software keeps at times. */
static void allow_all(const struct nested *n, u64 bitmap)
{
	int field;

	for (field = 0; field < NR_FIELDS; field++) {
		if (field_exists(n, field) && field != FI_VM_INSTRUCTION_ERROR)
			allow(bitmap, field);
	}
}

static void make_bitmaps(struct nested *n)
{
	n->vmread_bitmap = new_bitmap(n);
	allow_list(n, n->vmread_bitmap, shadow_read, ARRAY_SIZE(shadow_read));
	allow_list(n, n->vmread_bitmap, shadow_written, ARRAY_SIZE(shadow_written));
	n->vmread_wide = new_bitmap(n);
	__builtin_memcpy(m_va(n->vmread_wide), m_va(n->vmread_bitmap), PAGE_4K_SIZE);
	allow_list(n, n->vmread_wide, shadow_wide, ARRAY_SIZE(shadow_wide));
	n->vmwrite_bitmap = new_bitmap(n);
	allow_list(n, n->vmwrite_bitmap, shadow_written, ARRAY_SIZE(shadow_written));
	n->vmwrite_host = new_bitmap(n);
	__builtin_memcpy(m_va(n->vmwrite_host), m_va(n->vmwrite_bitmap), PAGE_4K_SIZE);
	allow_list(n, n->vmwrite_host, shadow_host, ARRAY_SIZE(shadow_host));
	n->all_bitmap = new_bitmap(n);
	allow_all(n, n->all_bitmap);
}

void shadow_init(struct nested *n)
{
	n->shadowing = (n->caps->proc2.allowed1 & SECONDARY_EXEC_SHADOW_VMCS) &&
		       (n->caps->misc & VMX_MISC_VMWRITE_SHADOW_RO_FIELDS);
	if (!n->shadowing)
		return;
	make_bitmaps(n);
	put_into(n, SHADOW_USUAL, shadow_read, ARRAY_SIZE(shadow_read));
	put_into(n, SHADOW_USUAL, shadow_written, ARRAY_SIZE(shadow_written));
	put_into(n, SHADOW_WIDE, shadow_wide, ARRAY_SIZE(shadow_wide));
	put_into(n, SHADOW_HOST, shadow_host, ARRAY_SIZE(shadow_host));
	n->bitmap_sets = 0;
	m_vmwrite(VMREAD_BITMAP, n->vmread_bitmap);
	m_vmwrite(VMWRITE_BITMAP, n->vmwrite_bitmap);
}

void shadow_slot_init(const struct nested *n, const struct vmcs_slot *slot)
{
	*(u32 *)m_va(slot->shadow) = VMX_BASIC_REVISION(n->caps->basic) | VMCS_SHADOW_INDICATOR;
	m_vmclear(slot->shadow);
}

static void fill_list(const struct nested *n, const struct vmcs_slot *slot, const u8 *list,
		      unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (field_exists(n, list[i]))
			m_vmwrite(encoding(list[i]), slot->value[list[i]]);
	}
}

void shadow_fill(const struct nested *n, const struct vmcs_slot *slot)
{
	if (!n->shadowing)
		return;
	m_vmptrld(slot->shadow);
	fill_list(n, slot, shadow_read, ARRAY_SIZE(shadow_read));
	fill_list(n, slot, shadow_written, ARRAY_SIZE(shadow_written));
	fill_list(n, slot, shadow_wide, ARRAY_SIZE(shadow_wide));
	fill_list(n, slot, shadow_host, ARRAY_SIZE(shadow_host));
}

/* Only what differs makes the host state dirty: mostly a VMCS comes back to the CPU it was on. */
static void read_host(struct vmcs_slot *slot)
{
#define READ(name)                                 \
	{                                          \
		u64 value_ = m_vmread(name);       \
		if (value_ != SOFT(slot, name)) {  \
			SOFT(slot, name) = value_; \
			slot->dirty |= DIRTY_HOST; \
		}                                  \
	}
	HOST_OF_CPU(READ)
#undef READ
}

/*
 * One pass goes over the shadow VMCS and one over VMCS02, because a VMPTRLD between two fields
 * would cost more than both. It is spelled out per field, because a walk of a table would take
 * three times the instructions.
 */
void shadow_to_slot(struct nested *n, struct vmcs_slot *slot)
{
#define DECLARE(name) u64 l1_##name;
	L1_WRITES(DECLARE)
#undef DECLARE
	bool with_timer = slot->merged.timer ||
			  (slot->dirty && (field_exists(n, FI_VMX_PREEMPTION_TIMER_VALUE)));
	u64 threshold = 0, timer = 0, proc;

	if (!n->shadowing) {
		m_vmptrld(slot->vmcs02);
		return;
	}
	m_vmptrld_at(&slot->shadow);
#define READ(name) l1_##name = m_vmread(name);
	L1_WRITES(READ)
#undef READ
	proc = m_vmread(CPU_BASED_VM_EXEC_CONTROL);
	SOFT(slot, HOST_RSP) = m_vmread(HOST_RSP);
	if (field_exists(n, FI_TPR_THRESHOLD))
		threshold = m_vmread(TPR_THRESHOLD);
	if (with_timer)
		timer = m_vmread(VMX_PREEMPTION_TIMER_VALUE);
	if (unlikely(slot->sets & SHADOW_HOST))
		read_host(slot);
	m_vmptrld_at(&slot->vmcs02);
#define WRITE(name)                                    \
	if (unlikely(l1_##name != SOFT(slot, name))) { \
		SOFT(slot, name) = l1_##name;          \
		m_vmwrite(name, l1_##name);            \
	}
	L1_WRITES(WRITE)
#undef WRITE
	if (unlikely(proc != SOFT(slot, CPU_BASED_VM_EXEC_CONTROL))) {
		SOFT(slot, CPU_BASED_VM_EXEC_CONTROL) = proc;
		slot->dirty |= DIRTY_CONTROLS;
	}
	if (threshold != SOFT(slot, TPR_THRESHOLD)) {
		SOFT(slot, TPR_THRESHOLD) = threshold;
		m_vmwrite(TPR_THRESHOLD, threshold);
	}
	if (with_timer)
		SOFT(slot, VMX_PREEMPTION_TIMER_VALUE) = timer;
}

/* Will a hypervisor have to emulate the instruction? */
static bool is_emulated(u32 reason)
{
	switch (reason) {
	case EXIT_REASON_EPT_MISCONFIG:
	case EXIT_REASON_IO_INSTRUCTION:
	case EXIT_REASON_APIC_ACCESS:
	case EXIT_REASON_CR_ACCESS:
	case EXIT_REASON_GDTR_IDTR:
	case EXIT_REASON_LDTR_TR:
		return true;
	default:
		return false;
	}
}

static void copy_wide(struct vmcs_slot *slot)
{
#define READ(name) u64 l2_##name = m_vmread(name);
	GUEST_WIDE(READ)
#undef READ
	m_vmptrld(slot->shadow);
#define WRITE(name)                                    \
	if (unlikely(l2_##name != SOFT(slot, name))) { \
		SOFT(slot, name) = l2_##name;          \
		m_vmwrite(name, l2_##name);            \
	}
	GUEST_WIDE(WRITE)
#undef WRITE
}

/* Choose the sets beside the usual one. The bitmaps follow once VMCS01 is current. */
static void copy_extra(struct vmcs_slot *slot, u32 reason)
{
	if (is_emulated(reason & VMX_EXIT_REASON_BASIC_MASK)) {
		slot->sets = SHADOW_WIDE;
		copy_wide(slot);
	} else {
		slot->sets = 0;
		m_vmptrld_at(&slot->shadow);
	}
}

static bool has_error_code(u64 info)
{
	return info & INTR_INFO_DELIVER_CODE_MASK;
}

static bool has_physical_address(u32 reason)
{
	reason &= VMX_EXIT_REASON_BASIC_MASK;
	return reason == EXIT_REASON_EPT_VIOLATION || reason == EXIT_REASON_EPT_MISCONFIG;
}

static void read_detail(struct vmcs_slot *slot, int field)
{
	if (!overlay_has(slot, field))
		slot->value[field] = m_vmread(encoding(field));
}

static void read_error_codes(struct vmcs_slot *slot)
{
	read_detail(slot, FI_VM_EXIT_INTR_ERROR_CODE);
	read_detail(slot, FI_IDT_VECTORING_ERROR_CODE);
}

static void write_error_codes(const struct vmcs_slot *slot)
{
	m_vmwrite(VM_EXIT_INTR_ERROR_CODE, SOFT(slot, VM_EXIT_INTR_ERROR_CODE));
	m_vmwrite(IDT_VECTORING_ERROR_CODE, SOFT(slot, IDT_VECTORING_ERROR_CODE));
}

/* The information about an event that L1 is to see; @hardware is VMCS02's. */
static u64 event_info(const struct vmcs_slot *slot, int field, u64 hardware)
{
	return overlay_has(slot, field) ? slot->value[field] : hardware;
}

/* Software has made some of the exit information: the slot has that, the shadow VMCS not yet. */
static void copy_overridden(struct vmcs_slot *slot, u64 qualification, u64 intr_info, u64 idt_info,
			    u64 length)
{
	const struct {
		u8 field;
		u64 value;
	} info[] = {
		{ FI_EXIT_QUALIFICATION, qualification },
		{ FI_VM_EXIT_INTR_INFO, intr_info },
		{ FI_IDT_VECTORING_INFO_FIELD, idt_info },
		{ FI_VM_EXIT_INSTRUCTION_LEN, length },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(info); i++) {
		if (!overlay_has(slot, info[i].field))
			slot->value[info[i].field] = info[i].value;
		m_vmwrite(encoding(info[i].field), slot->value[info[i].field]);
	}
}

static void clear_valid(struct vmcs_slot *slot)
{
	SOFT(slot, VM_ENTRY_INTR_INFO_FIELD) &= ~(u64)INTR_INFO_VALID_MASK;
	m_vmwrite(VM_ENTRY_INTR_INFO_FIELD, SOFT(slot, VM_ENTRY_INTR_INFO_FIELD));
}

void shadow_from_slot(struct nested *n, struct vmcs_slot *slot, u32 reason)
{
#define DECLARE(name) u64 l2_##name;
	EXIT_INFORMATION(DECLARE)
	GUEST_HOT(DECLARE)
#undef DECLARE

	bool error_codes, physical = has_physical_address(reason);

	m_expect_current(slot->vmcs02);
	if (!n->shadowing)
		return;
#define READ(name) l2_##name = m_vmread(name);
	EXIT_INFORMATION(READ)
	GUEST_HOT(READ)
#undef READ
	error_codes = has_error_code(l2_VM_EXIT_INTR_INFO | l2_IDT_VECTORING_INFO_FIELD);
	if (unlikely(slot->overridden)) {
		error_codes = has_error_code(
			event_info(slot, FI_VM_EXIT_INTR_INFO, l2_VM_EXIT_INTR_INFO) |
			event_info(slot, FI_IDT_VECTORING_INFO_FIELD, l2_IDT_VECTORING_INFO_FIELD));
		/* An SPP-related event has one too, which is always software's. */
		physical |= overlay_has(slot, FI_GUEST_PHYSICAL_ADDRESS);
	}
	if (unlikely(error_codes))
		read_error_codes(slot);
	if (unlikely(physical))
		read_detail(slot, FI_GUEST_PHYSICAL_ADDRESS);
	copy_extra(slot, reason);
	m_vmwrite(VM_EXIT_REASON, reason);
#define WRITE(name)                           \
	if (l2_##name != SOFT(slot, name)) {  \
		SOFT(slot, name) = l2_##name; \
		m_vmwrite(name, l2_##name);   \
	}
	GUEST_HOT(WRITE)
	if (likely(!slot->overridden)) {
		EXIT_INFORMATION(WRITE)
	} else {
		copy_overridden(slot, l2_EXIT_QUALIFICATION, l2_VM_EXIT_INTR_INFO,
				l2_IDT_VECTORING_INFO_FIELD, l2_VM_EXIT_INSTRUCTION_LEN);
	}
#undef WRITE
	if (unlikely(SOFT(slot, VM_ENTRY_INTR_INFO_FIELD) & INTR_INFO_VALID_MASK) &&
	    !(reason & VMX_EXIT_REASON_FAILED_VMENTRY))
		clear_valid(slot);
	if (unlikely(error_codes))
		write_error_codes(slot);
	if (unlikely(physical))
		m_vmwrite(GUEST_PHYSICAL_ADDRESS, SOFT(slot, GUEST_PHYSICAL_ADDRESS));
	if (unlikely(SOFT(slot, VM_EXIT_CONTROLS) & VM_EXIT_SAVE_VMX_PREEMPTION_TIMER))
		m_vmwrite(VMX_PREEMPTION_TIMER_VALUE, SOFT(slot, VMX_PREEMPTION_TIMER_VALUE));
}

static u64 vmread_bitmap(const struct nested *n, u8 sets)
{
	if (sets & SHADOW_ALL)
		return n->all_bitmap;
	return sets & SHADOW_WIDE ? n->vmread_wide : n->vmread_bitmap;
}

static u64 vmwrite_bitmap(const struct nested *n, u8 sets)
{
	if (sets & SHADOW_ALL)
		return n->all_bitmap;
	return sets & SHADOW_HOST ? n->vmwrite_host : n->vmwrite_bitmap;
}

void shadow_allow(struct nested *n, u8 sets)
{
	u8 changed = n->bitmap_sets ^ sets;

	m_expect_current(n->vmcs01);
	n->bitmap_sets = sets;
	m_vmwrite(VMREAD_BITMAP, vmread_bitmap(n, sets));
	if (changed & ~SHADOW_WIDE)
		m_vmwrite(VMWRITE_BITMAP, vmwrite_bitmap(n, sets));
}

void shadow_switch(struct nested *n, struct vmcs_slot *slot)
{
	u64 proc2;

	m_expect_current(n->vmcs01);
	if (!n->shadowing)
		return;
	proc2 = m_vmread(SECONDARY_VM_EXEC_CONTROL) & ~(u64)SECONDARY_EXEC_SHADOW_VMCS;
	if (slot) {
		if (!slot_in_shadow(n, slot))
			slot->sets |= SHADOW_HOST;
		shadow_follow(n, slot);
		m_vmwrite(VMCS_LINK_POINTER, slot->shadow);
		m_vmwrite(SECONDARY_VM_EXEC_CONTROL, proc2 | SECONDARY_EXEC_SHADOW_VMCS);
	} else {
		m_vmwrite(SECONDARY_VM_EXEC_CONTROL, proc2);
		m_vmwrite(VMCS_LINK_POINTER, VMX_NO_VMCS);
	}
}
