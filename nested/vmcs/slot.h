/* SPDX-License-Identifier: GPL-2.0-only */
/* The cache of VMCSs: a VMCS that L1 makes current gets a slot. */
#ifndef NESTED_VMCS_SLOT_H
#define NESTED_VMCS_SLOT_H

#include "state.h"
#include "vmcs/overlay.h"

/**
 * slot_find() - the slot that holds a VMCS
 * @n: L1's VMX
 * @address: physical address of L1's VMCS region
 *
 * Return: the slot, or NULL.
 */
struct vmcs_slot *slot_find(struct nested *n, u64 address);

/**
 * slot_load() - read a VMCS from L1's memory into a slot, evicting another if need be
 * @n: L1's VMX; VMCS01 is and remains current
 * @address: physical address of L1's VMCS region, checked; it is in no slot
 *
 * Return: the slot; never NULL.
 */
struct vmcs_slot *slot_load(struct nested *n, u64 address);

/**
 * slot_evict() - write a VMCS back to L1's memory and free its slot
 * @n: L1's VMX; VMCS01 is current afterwards
 * @slot: the VMCS
 * @launched: the launch state to leave there
 */
void slot_evict(struct nested *n, struct vmcs_slot *slot, bool launched);

/**
 * slot_vmclear() - VMCLEAR
 * @n: L1's VMX; VMCS01 is and remains current
 * @address: physical address of L1's VMCS region, checked
 *
 * The VMCS is in L1's memory afterwards, in no slot and not current, and its launch state is clear.
 */
void slot_vmclear(struct nested *n, u64 address);

/**
 * slot_make_current() - change L1's current VMCS
 * @n: L1's VMX; VMCS01 is and remains current
 * @slot: the new one, or NULL for none
 */
void slot_make_current(struct nested *n, struct vmcs_slot *slot);

/**
 * slot_read() - VMREAD of L1
 * @n: L1's VMX; VMCS01 is and remains current
 * @slot: the VMCS
 * @field: enum field_index of a field that exists
 *
 * Return: the field's value, by a full access.
 */
u64 slot_read(struct nested *n, struct vmcs_slot *slot, int field);

/**
 * slot_write() - VMWRITE of L1
 * @n: L1's VMX; VMCS01 is and remains current
 * @slot: the VMCS
 * @field: enum field_index of a field that exists
 * @value: the value, by a full access
 */
void slot_write(struct nested *n, struct vmcs_slot *slot, int field, u64 value);

/*
 * Is the shadow VMCS of the slot the home of all fields? L1 has marked the VMCS as a shadow VMCS,
 * so it cannot be entered: L1 and L2 only read and write it. Where the processor has VMCS shadowing
 * both do so without an exit.
 */
static inline bool slot_in_shadow(const struct nested *n, const struct vmcs_slot *slot)
{
	return slot->is_shadow && n->shadowing;
}

/**
 * slot_set_launched() - L2 has run: VMRESUME follows from now on
 * @n: L1's VMX
 * @slot: the VMCS
 */
void slot_set_launched(struct nested *n, struct vmcs_slot *slot);

/**
 * slot_set_launched12() - set L1's launch state only, whatever that of VMCS02 is
 * @n: L1's VMX
 * @slot: the VMCS
 */
void slot_set_launched12(struct nested *n, struct vmcs_slot *slot);

/**
 * slot_init() - prepare the cache of VMCSs, which is empty
 * @n: L1's VMX; VMCS01 is current
 */
void slot_init(struct nested *n);

/**
 * slot_exit() - evict all VMCSs and give the pages of all slots back to the pool
 * @n: L1's VMX; VMCS01 is current afterwards
 */
void slot_exit(struct nested *n);

#endif
