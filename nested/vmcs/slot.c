// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cache of VMCSs: a VMCS that L1 makes current gets a slot with a VMCS02, and keeps it until
 * VMCLEAR, VMXOFF or until another VMCS needs the slot. Then it is written back to L1's own region
 * (image.c), so that the number of active VMCSs is not limited by Nestor's memory.
 */
#include "arch/vmx.h"
#include "arch/x86.h"
#include "machine/contract.h"
#include "report.h"
#include "vmcs/cet.h"
#include "vmcs/controls.h"
#include "vmcs/image.h"
#include "vmcs/overlay.h"
#include "vmcs/shadow.h"
#include "vmcs/slot.h"
#include "vmcs/tracked.h"

/*
 * Write a field to its home; VMCS02 is current if that is the home. A read-only field always goes
 * to the slot, because not every processor can write it in VMCS02.
 */
static void put_field(struct vmcs_slot *slot, int field, u64 value)
{
	if (field_read_only(field)) {
		overlay_set(slot, field, value);
		return;
	}
	slot->value[field] = value;
	if (field_table[field].home == HOME_VMCS02)
		m_vmwrite(field_table[field].encoding, value);
}

static void find_fields(struct nested *n)
{
	int field;

	for (field = 0; field < NR_FIELDS; field++)
		n->exists[field] = field_supported(field, n->caps);
}

/*
 * Must the field be read from the shadow VMCS? With slot_in_shadow() all fields are there, but for
 * an error number that software has left.
 */
static bool in_shadow(const struct nested *n, const struct vmcs_slot *slot, int field)
{
	if (unlikely(slot_in_shadow(n, slot)))
		return !overlay_has(slot, field);
	return shadow_holds(n, slot, field);
}

u64 slot_read(struct nested *n, struct vmcs_slot *slot, int field)
{
	bool shadowed = in_shadow(n, slot, field);
	u64 value;

	m_expect_current(n->vmcs01);
	if (!shadowed && (field_table[field].home == HOME_SLOT || overlay_has(slot, field)))
		return slot->value[field];
	m_vmptrld(shadowed ? slot->shadow : slot->vmcs02);
	value = m_vmread(field_table[field].encoding);
	m_vmptrld(n->vmcs01);
	return value;
}

static void write_in_shadow(struct nested *n, struct vmcs_slot *slot, int field, u64 value)
{
	overlay_forget(slot, field);
	m_vmptrld(slot->shadow);
	m_vmwrite(field_table[field].encoding, value);
	m_vmptrld(n->vmcs01);
}

static const u8 dirty_after[] = {
	[CHANGES_NOTHING] = 0,
	[CHANGES_CONTROLS] = DIRTY_CONTROLS,
	[CHANGES_HOST] = DIRTY_HOST,
};

void slot_write(struct nested *n, struct vmcs_slot *slot, int field, u64 value)
{
	m_expect_current(n->vmcs01);
	if (unlikely(slot_in_shadow(n, slot))) {
		write_in_shadow(n, slot, field, value);
		return;
	}
	slot->dirty |= dirty_after[field_table[field].change];
	if (field_table[field].home != HOME_VMCS02) {
		put_field(slot, field, value);
	} else {
		m_vmptrld(slot->vmcs02);
		put_field(slot, field, value);
		m_vmptrld(n->vmcs01);
	}
	shadow_write(n, slot, field, value);
}

struct vmcs_slot *slot_find(struct nested *n, u64 address)
{
	unsigned int i;

	for (i = 0; i < NR_SLOTS; i++) {
		if (n->slots[i].address == address)
			return &n->slots[i];
	}
	return NULL;
}

/* Returns a free slot, or else the one that was current longest ago, evicted. */
static struct vmcs_slot *pick_slot(struct nested *n)
{
	struct vmcs_slot *pick = NULL;
	unsigned int i;

	for (i = 0; i < NR_SLOTS; i++) {
		struct vmcs_slot *slot = &n->slots[i];

		if (slot->address == VMX_NO_VMCS)
			return slot;
		if (slot != n->current && (!pick || slot->used < pick->used))
			pick = slot;
	}
	stats(n)->vmcs_evictions++;
	slot_evict(n, pick, pick->launched);
	return pick;
}

/*
 * The host state of VMCS02 is the same for all of the slot's life: that of root, which VMCS01
 * has too.
 */
static const u16 root_host_fields[] = {
	HOST_CR0,
	HOST_CR3,
	HOST_CR4,
	HOST_CS_SELECTOR,
	HOST_SS_SELECTOR,
	HOST_DS_SELECTOR,
	HOST_ES_SELECTOR,
	HOST_FS_SELECTOR,
	HOST_GS_SELECTOR,
	HOST_TR_SELECTOR,
	HOST_FS_BASE,
	HOST_GS_BASE,
	HOST_TR_BASE,
	HOST_GDTR_BASE,
	HOST_IDTR_BASE,
	HOST_IA32_SYSENTER_CS,
	HOST_IA32_SYSENTER_ESP,
	HOST_IA32_SYSENTER_EIP,
	HOST_IA32_PAT,
	HOST_IA32_EFER,
	HOST_RSP,
	HOST_RIP,
};

static void fill_root_host(struct nested *n, struct vmcs_slot *slot)
{
	u64 value[ARRAY_SIZE(root_host_fields)];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(root_host_fields); i++)
		value[i] = m_vmread(root_host_fields[i]);
	m_vmclear(slot->vmcs02);
	m_vmptrld(slot->vmcs02);
	for (i = 0; i < ARRAY_SIZE(root_host_fields); i++)
		m_vmwrite(root_host_fields[i], value[i]);
	m_vmwrite(VM_EXIT_MSR_STORE_COUNT, 0);
	m_vmwrite(VM_EXIT_MSR_LOAD_COUNT, 0);
	m_vmwrite(VM_ENTRY_MSR_LOAD_COUNT, 0);
	m_vmwrite(VMCS_LINK_POINTER, VMX_NO_VMCS);
	if (field_exists(n, FI_VM_FUNCTION_CONTROL))
		m_vmwrite(VM_FUNCTION_CONTROL, 0);
	m_vmptrld(n->vmcs01);
}

static u64 page_for_vmcs(struct nested *n)
{
	u64 pa = pool_take_reserved(&n->pool);

	__builtin_memset(m_va(pa), 0, PAGE_4K_SIZE);
	return pa;
}

/* A slot gets its pages when its first VMCS is loaded, and keeps them. */
static void slot_pages(struct nested *n, struct vmcs_slot *slot)
{
	slot->vmcs02 = page_for_vmcs(n);
	*(u32 *)m_va(slot->vmcs02) = VMX_BASIC_REVISION(n->caps->basic);
	fill_root_host(n, slot);
	if (!n->shadowing)
		return;
	slot->shadow = page_for_vmcs(n);
	shadow_slot_init(n, slot);
}

struct vmcs_slot *slot_load(struct nested *n, u64 address)
{
	struct vmcs_slot *slot;

	m_expect_current(n->vmcs01);
	slot = pick_slot(n);
	stats(n)->vmcs_loads++;
	if (!slot->vmcs02)
		slot_pages(n, slot);
	slot->address = address;
	slot->dirty = DIRTY_ALL;
	slot->launched02 = false;
	slot->sets = 0;
	slot->unusual = 0;
	slot->rare = true;
	image_read(n, slot);
	if (slot_in_shadow(n, slot))
		slot->sets = SHADOW_ALL;
	else
		shadow_fill(n, slot);
	m_vmptrld(n->vmcs01);
	if (!slot->tracked || slot->tracked->address != address)
		slot->tracked = tracked_pick(n, address);
	tracked_update(n, slot);
	n->shared->slots_used++;
	return slot;
}

void slot_evict(struct nested *n, struct vmcs_slot *slot, bool launched)
{
	slot->dirty = DIRTY_ALL;
	if (slot_in_shadow(n, slot))
		m_vmptrld(slot->shadow);
	else
		shadow_to_slot(n, slot);
	image_write(n, slot, launched);
	m_vmclear(slot->vmcs02);
	m_vmptrld(n->vmcs01);
	slot->address = VMX_NO_VMCS;
	slot->tracked->slot = -1;
	slot->tracked->flags &= ~TRACKED_CURRENT;
	n->shared->slots_used--;
}

void slot_vmclear(struct nested *n, u64 address)
{
	struct vmcs_slot *slot = slot_find(n, address);

	if (!slot) {
		image_clear(address);
		tracked_forget(n, address);
		return;
	}
	if (slot == n->current)
		slot_make_current(n, NULL);
	slot_evict(n, slot, false);
	slot->tracked->flags = 0;
}

void slot_make_current(struct nested *n, struct vmcs_slot *slot)
{
	struct vmcs_slot *old = n->current;

	m_expect_current(n->vmcs01);
	cet_keep(n);
	n->current = slot;
	if (old && old->address != VMX_NO_VMCS)
		tracked_update(n, old);
	if (slot) {
		slot->used = ++n->clock;
		tracked_update(n, slot);
	}
	n->shared->current_vmcs = slot ? slot->address : VMX_NO_VMCS;
	shadow_switch(n, slot);
}

void slot_set_launched12(struct nested *n, struct vmcs_slot *slot)
{
	if (!slot->launched) {
		slot->launched = true;
		tracked_update(n, slot);
	}
	controls_note_usual(n, slot);
}

void slot_set_launched(struct nested *n, struct vmcs_slot *slot)
{
	slot->launched02 = true;
	slot_set_launched12(n, slot);
}

void slot_init(struct nested *n)
{
	unsigned int i;

	find_fields(n);
	image_init(n);
	shadow_init(n);
	tracked_init(n);
	for (i = 0; i < NR_SLOTS; i++) {
		n->slots[i].address = VMX_NO_VMCS;
		n->slots[i].vmcs02 = 0;
	}
}

void slot_exit(struct nested *n)
{
	unsigned int i;

	for (i = 0; i < NR_SLOTS; i++) {
		struct vmcs_slot *slot = &n->slots[i];

		if (slot->address != VMX_NO_VMCS)
			slot_evict(n, slot, slot->launched);
		if (!slot->vmcs02)
			continue;
		pool_put(&n->pool, slot->vmcs02);
		slot->vmcs02 = 0;
		if (!n->shadowing)
			continue;
		m_vmclear(slot->shadow);
		pool_put(&n->pool, slot->shadow);
	}
	m_vmptrld(n->vmcs01);
}
