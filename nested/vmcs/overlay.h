/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Read-only fields of VMCS12 that software has set: the processor may not let software write them
 * in VMCS02, so they live in the slot and answer L1's VMREAD.
 */
#ifndef NESTED_VMCS_OVERLAY_H
#define NESTED_VMCS_OVERLAY_H

#include "state.h"

/* Set a read-only field of VMCS12 in software. */
void overlay_set(struct vmcs_slot *slot, int field, u64 value);

static inline bool overlay_has(const struct vmcs_slot *slot, int field)
{
	return slot->override[field / 64] >> (field % 64) & 1;
}

/* VMCS02 holds the field again. */
static inline void overlay_forget(struct vmcs_slot *slot, int field)
{
	slot->override[field / 64] &= ~BIT_ULL(field % 64);
}

#endif
