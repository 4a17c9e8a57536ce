/* SPDX-License-Identifier: GPL-2.0-only */
/* Fields that L1 reads and writes without an exit (SDM "VMCS Shadowing"). */
#ifndef NESTED_VMCS_SHADOW_H
#define NESTED_VMCS_SHADOW_H

#include "state.h"

/**
 * shadow_init() - see whether VMCS shadowing can be used for L1, and make its bitmaps
 * @n: L1's VMX, which knows what fields exist; VMCS01 is current
 */
void shadow_init(struct nested *n);

/**
 * shadow_slot_init() - prepare a slot's shadow VMCS
 * @n: L1's VMX
 * @slot: the slot; its shadow VMCS is a page of zeros
 */
void shadow_slot_init(const struct nested *n, const struct vmcs_slot *slot);

/**
 * shadow_fill() - let the shadow VMCS hold what the slot has
 * @n: L1's VMX; the shadow VMCS is current afterwards if there is shadowing
 * @slot: the slot, whose values are those just read from L1's region
 */
void shadow_fill(const struct nested *n, const struct vmcs_slot *slot);

/**
 * shadow_holds() - does a field live in the slot's shadow VMCS now?
 * @n: L1's VMX
 * @slot: the VMCS
 * @field: enum field_index
 *
 * Return: true if it does; false while L2 runs.
 */
bool shadow_holds(const struct nested *n, const struct vmcs_slot *slot, int field);

/**
 * shadow_write() - L1 has written a field by an exit: let a copy in the shadow VMCS follow
 * @n: L1's VMX; VMCS01 is and remains current
 * @slot: the VMCS
 * @field: enum field_index
 * @value: what L1 has written
 */
void shadow_write(struct nested *n, struct vmcs_slot *slot, int field, u64 value);

/**
 * shadow_to_slot() - copy what L1 has written without an exit into the slot and VMCS02
 * @n: L1's VMX; VMCS02 is current afterwards
 * @slot: the VMCS
 */
void shadow_to_slot(struct nested *n, struct vmcs_slot *slot);

/**
 * shadow_from_slot() - copy what an exit of L2 has changed to where L1 reads it
 * @n: L1's VMX; VMCS02 is current before, and what is current afterwards is undefined
 * @slot: the VMCS
 * @reason: exit-reason field, which decides what there is to copy
 */
void shadow_from_slot(struct nested *n, struct vmcs_slot *slot, u32 reason);

/**
 * shadow_allow() - give VMCS01 the VMREAD and VMWRITE bitmaps for a shadow VMCS
 * @n: L1's VMX; VMCS01 is current
 * @sets: enum shadow_set: the sets that the shadow VMCS holds beside SHADOW_USUAL
 */
void shadow_allow(struct nested *n, u8 sets);

/**
 * shadow_follow() - as shadow_allow(), if VMCS01's bitmaps are not those for the slot already
 * @n: L1's VMX; VMCS01 is current
 * @slot: the VMCS
 */
static inline void shadow_follow(struct nested *n, const struct vmcs_slot *slot)
{
	if (unlikely(n->bitmap_sets != slot->sets))
		shadow_allow(n, slot->sets);
}

/**
 * shadow_switch() - let VMCS01 use a slot's shadow VMCS
 * @n: L1's VMX; VMCS01 is current
 * @slot: the VMCS, or NULL for none
 */
void shadow_switch(struct nested *n, struct vmcs_slot *slot);

#endif
