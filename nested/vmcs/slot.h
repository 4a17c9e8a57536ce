/* SPDX-License-Identifier: GPL-2.0-only */
/* The cache of VMCSs: a VMCS that L1 makes current gets a slot. */
#ifndef NESTED_VMCS_SLOT_H
#define NESTED_VMCS_SLOT_H

#include "state.h"
#include "vmcs/overlay.h"

/**
 * slot_find() - the slot that holds a VMCS
 * @n: L1's VMX
 * @address: L1's VMCS region
 *
 * Return: the slot, or NULL.
 */
struct vmcs_slot *slot_find(struct nested *n, u64 address);

/**
 * slot_load() - read a VMCS from L1's memory into a slot, evicting another if need be
 * @n: L1's VMX; VMCS01 is and remains current
 * @address: L1's VMCS region, checked
 *
 * Return: the slot; never NULL.
 */
struct vmcs_slot *slot_load(struct nested *n, u64 address);

/* Write a VMCS back to L1's memory and free its slot. @launched is the launch state to leave there.
 */
void slot_evict(struct nested *n, struct vmcs_slot *slot, bool launched);

/* VMCLEAR of a checked address: written back, launch state clear, not active, not current. */
void slot_vmclear(struct nested *n, u64 address);

/* Make @slot (or none) L1's current VMCS. */
void slot_make_current(struct nested *n, struct vmcs_slot *slot);

/* L1's VMREAD and VMWRITE of a supported field; VMCS01 is and remains current. */
u64 slot_read(struct nested *n, struct vmcs_slot *slot, int field);
void slot_write(struct nested *n, struct vmcs_slot *slot, int field, u64 value);

/*
 * A VMCS of the shadow kind cannot be entered: L1 and L2 only read and write it. Where the processor
 * has VMCS shadowing its home is the slot's shadow VMCS, which both reach without an exit.
 */
static inline bool slot_in_shadow(const struct nested *n, const struct vmcs_slot *slot)
{
	return slot->is_shadow && n->shadowing;
}

/* L2 has run: VMRESUME is what follows from now on. */
void slot_set_launched(struct nested *n, struct vmcs_slot *slot);

/* As that, where only L1 shall think so. */
void slot_set_launched12(struct nested *n, struct vmcs_slot *slot);
void slot_init(struct nested *n);
void slot_exit(struct nested *n);

#endif
