/* SPDX-License-Identifier: GPL-2.0-only */
/* VMLAUNCH and VMRESUME of L1. */
#ifndef NESTED_RUN_ENTRY_H
#define NESTED_RUN_ENTRY_H

#include "state.h"

/**
 * entry_vmentry() - VMLAUNCH or VMRESUME of L1
 * @n: L1's VMX
 * @reason: which of them
 * @efer: L1's EFER
 */
void entry_vmentry(struct nested *n, u32 reason, u64 efer);

/* The rest of a VMLAUNCH or VMRESUME, once the launch state is known to be right. */
void entry_enter(struct nested *n, struct vmcs_slot *slot, u64 efer);

/* entry_enter() has counted an entry that the processor did not make. */
static inline void entry_not_made(struct nested *n, struct vmcs_slot *slot)
{
	n->shared->stats.entries--;
	slot->tracked->entries--;
}

#endif
