/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Read-only fields of VMCS12 that software has set. Software may be unable to write them in VMCS02,
 * so they live in the slot and answer L1's VMREAD.
 */
#ifndef NESTED_VMCS_OVERLAY_H
#define NESTED_VMCS_OVERLAY_H

#include "state.h"

/**
 * overlay_set() - set a read-only field of VMCS12 in software
 * @slot: the VMCS
 * @field: enum field_index
 * @value: the value
 */
void overlay_set(struct vmcs_slot *slot, int field, u64 value);

/* Has software set the field, so that the slot holds it and not VMCS02? */
static inline bool overlay_has(const struct vmcs_slot *slot, int field)
{
	return slot->override[field / 64] >> (field % 64) & 1;
}

/* Forget what software has set, so that VMCS02 holds the field again. */
static inline void overlay_forget(struct vmcs_slot *slot, int field)
{
	slot->override[field / 64] &= ~BIT_ULL(field % 64);
}

#endif
