// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fields that L1 reads and writes without an exit (SDM "VMCS Shadowing").
 *
 * Each slot has a VMCS of the shadow kind beside its VMCS02. While L1 is in VMX root operation it is where the
 * fields below live; while L2 runs they live in VMCS02. What an exit changes is copied one way, what L1 may
 * have written the other way, and only what differs from the last known value is written.
 *
 * Read-only fields can be written to a shadow VMCS only where IA32_VMX_MISC has bit 29; elsewhere they are not
 * shadowed.
 */
#include "machine-contract.h"
#include "nested.h"

/* L1 reads and writes these around nearly every exit. Those before NR_CHANGED change when L2 exits. */
static const u8 shadow_rw[] = {
	FI_GUEST_RIP,
	FI_GUEST_RSP,
	FI_GUEST_RFLAGS,
	FI_GUEST_INTERRUPTIBILITY_INFO,
	FI_GUEST_CS_AR_BYTES,
	FI_GUEST_SS_AR_BYTES,
	FI_GUEST_ACTIVITY_STATE,
	FI_VM_ENTRY_INTR_INFO_FIELD,
	FI_GUEST_CR0,
	FI_GUEST_CR3,
	FI_GUEST_CR4,
	FI_GUEST_PENDING_DBG_EXCEPTIONS,
	/* unchanged by exits */
	FI_VM_ENTRY_EXCEPTION_ERROR_CODE,
	FI_VM_ENTRY_INSTRUCTION_LEN,
	FI_CPU_BASED_VM_EXEC_CONTROL,
	FI_HOST_RSP,
	FI_HOST_FS_BASE,
	FI_HOST_GS_BASE,
};
#define NR_CHANGED 12

static const u8 shadow_ro[] = {
	FI_VM_EXIT_REASON,
	FI_EXIT_QUALIFICATION,
	FI_VM_EXIT_INTR_INFO,
	FI_VM_EXIT_INTR_ERROR_CODE,
	FI_IDT_VECTORING_INFO_FIELD,
	FI_IDT_VECTORING_ERROR_CODE,
	FI_VM_EXIT_INSTRUCTION_LEN,
	FI_GUEST_PHYSICAL_ADDRESS,
};

static u32 encoding(int field)
{
	return field_table[field].encoding;
}

static bool listed(const u8 *list, unsigned int count, int field)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (list[i] == field)
			return true;
	}
	return false;
}

bool shadow_holds(const struct nested *n, const struct vmcs_slot *slot, int field)
{
	return n->shadowing && !n->in_l2 && slot->address != VMX_NO_VMCS &&
	       (listed(shadow_rw, ARRAY_SIZE(shadow_rw), field) || listed(shadow_ro, ARRAY_SIZE(shadow_ro), field));
}

void shadow_poke(struct nested *n, struct vmcs_slot *slot, int field, u64 value)
{
	m_vmptrld(slot->shadow);
	m_vmwrite(encoding(field), value);
	m_vmptrld(n->vmcs01);
}

static void allow(u8 *bitmap, int field)
{
	bitmap[encoding(field) / 8] &= ~(1u << (encoding(field) % 8));
}

void shadow_init(struct nested *n)
{
	unsigned int i;

	n->shadowing = (n->caps->proc2.allowed1 & SECONDARY_EXEC_SHADOW_VMCS) &&
		       (n->caps->misc & VMX_MISC_VMWRITE_SHADOW_RO_FIELDS);
	if (!n->shadowing)
		return;
	n->vmread_bitmap = pool_get(&n->pool);
	n->vmwrite_bitmap = pool_get(&n->pool);
	__builtin_memset(m_va(n->vmread_bitmap), 0xff, PAGE_4K_SIZE);
	__builtin_memset(m_va(n->vmwrite_bitmap), 0xff, PAGE_4K_SIZE);
	for (i = 0; i < ARRAY_SIZE(shadow_rw); i++) {
		allow(m_va(n->vmread_bitmap), shadow_rw[i]);
		allow(m_va(n->vmwrite_bitmap), shadow_rw[i]);
	}
	for (i = 0; i < ARRAY_SIZE(shadow_ro); i++)
		allow(m_va(n->vmread_bitmap), shadow_ro[i]);
	m_vmwrite(VMREAD_BITMAP, n->vmread_bitmap);
	m_vmwrite(VMWRITE_BITMAP, n->vmwrite_bitmap);
}

void shadow_slot_init(struct nested *n, struct vmcs_slot *slot)
{
	if (!n->shadowing)
		return;
	slot->shadow = pool_get(&n->pool);
	*(u32 *)m_va(slot->shadow) = VMX_BASIC_REVISION(n->caps->basic) | VMCS_SHADOW_INDICATOR;
	m_vmclear(slot->shadow);
}

/* The slot has just been read from L1's region: @value is right for every field. */
void shadow_fill(struct nested *n, struct vmcs_slot *slot)
{
	unsigned int i;

	if (!n->shadowing)
		return;
	m_vmptrld(slot->shadow);
	for (i = 0; i < ARRAY_SIZE(shadow_rw); i++)
		m_vmwrite(encoding(shadow_rw[i]), slot->value[shadow_rw[i]]);
	for (i = 0; i < ARRAY_SIZE(shadow_ro); i++)
		m_vmwrite(encoding(shadow_ro[i]), slot->value[shadow_ro[i]]);
	m_vmptrld(n->vmcs01);
}

void shadow_to_slot(struct nested *n, struct vmcs_slot *slot)
{
	u64 value[ARRAY_SIZE(shadow_rw)];
	unsigned int i;

	if (!n->shadowing) {
		m_vmptrld(slot->vmcs02);
		return;
	}
	m_vmptrld(slot->shadow);
	for (i = 0; i < ARRAY_SIZE(shadow_rw); i++)
		value[i] = m_vmread(encoding(shadow_rw[i]));
	m_vmptrld(slot->vmcs02);
	for (i = 0; i < ARRAY_SIZE(shadow_rw); i++) {
		int field = shadow_rw[i];

		if (value[i] == slot->value[field])
			continue;
		slot->value[field] = value[i];
		if (!field_is_soft(field))
			m_vmwrite(encoding(field), value[i]);
		else if (field == FI_CPU_BASED_VM_EXEC_CONTROL)
			slot->dirty |= DIRTY_CONTROLS;
		else
			slot->dirty |= DIRTY_HOST;
	}
}

void shadow_from_slot(struct nested *n, struct vmcs_slot *slot)
{
	u64 rw[NR_CHANGED], ro[ARRAY_SIZE(shadow_ro)];
	unsigned int i;

	if (!n->shadowing)
		return;
	for (i = 0; i < NR_CHANGED; i++)
		rw[i] = m_vmread(encoding(shadow_rw[i]));
	for (i = 0; i < ARRAY_SIZE(shadow_ro); i++)
		ro[i] = slot_overridden(slot, shadow_ro[i]) ? slot->value[shadow_ro[i]] :
							      m_vmread(encoding(shadow_ro[i]));
	m_vmptrld(slot->shadow);
	for (i = 0; i < NR_CHANGED; i++) {
		if (rw[i] != slot->value[shadow_rw[i]]) {
			slot->value[shadow_rw[i]] = rw[i];
			m_vmwrite(encoding(shadow_rw[i]), rw[i]);
		}
	}
	for (i = 0; i < ARRAY_SIZE(shadow_ro); i++)
		m_vmwrite(encoding(shadow_ro[i]), ro[i]);
}

void shadow_switch(struct nested *n, const struct vmcs_slot *slot)
{
	u64 proc2 = m_vmread(SECONDARY_VM_EXEC_CONTROL) & ~(u64)SECONDARY_EXEC_SHADOW_VMCS;

	if (!n->shadowing)
		return;
	if (slot) {
		m_vmwrite(VMCS_LINK_POINTER, slot->shadow);
		m_vmwrite(SECONDARY_VM_EXEC_CONTROL, proc2 | SECONDARY_EXEC_SHADOW_VMCS);
	} else {
		m_vmwrite(SECONDARY_VM_EXEC_CONTROL, proc2);
		m_vmwrite(VMCS_LINK_POINTER, VMX_NO_VMCS);
	}
}
