/* SPDX-License-Identifier: GPL-2.0-only */
/* Fields that L1 reads and writes without an exit (SDM "VMCS Shadowing"). */
#ifndef NESTED_VMCS_SHADOW_H
#define NESTED_VMCS_SHADOW_H

#include "state.h"

void shadow_init(struct nested *n);

/* The slot's shadow VMCS is a page of zeros yet. */
void shadow_slot_init(const struct nested *n, const struct vmcs_slot *slot);

/* What L1 reads there is what the slot has; the shadow VMCS is current afterwards. */
void shadow_fill(const struct nested *n, const struct vmcs_slot *slot);

/* Is the slot's shadow VMCS where a field lives now? */
bool shadow_holds(const struct nested *n, const struct vmcs_slot *slot, int field);

/* L1 has written a field by an exit: if the shadow VMCS has a copy, that follows. */
void shadow_write(struct nested *n, struct vmcs_slot *slot, int field, u64 value);

/* Copy L1's writes into the slot: VMCS02 is current afterwards. */
void shadow_to_slot(struct nested *n, struct vmcs_slot *slot);

/**
 * shadow_from_slot() - copy what an L2 exit changed to where L1 reads it
 * @n: L1's VMX; VMCS02 is current before, undefined afterwards
 * @slot: the VMCS
 * @reason: exit reason, which decides what there is to copy
 */
void shadow_from_slot(struct nested *n, struct vmcs_slot *slot, u32 reason);

/* VMCS01's bitmaps show what the slot's shadow VMCS holds; VMCS01 is current. */
void shadow_allow(struct nested *n, u8 sets);

static inline void shadow_follow(struct nested *n, const struct vmcs_slot *slot)
{
	if (unlikely(n->bitmap_sets != slot->sets))
		shadow_allow(n, slot->sets);
}

/* Let VMCS01 use @slot's shadow VMCS, or none; VMCS01 is current. */
void shadow_switch(struct nested *n, struct vmcs_slot *slot);

#endif
