/* SPDX-License-Identifier: GPL-2.0-only */
/* What Linux is told of the VMCSs of L1. */
#ifndef NESTED_VMCS_TRACKED_H
#define NESTED_VMCS_TRACKED_H

#include "state.h"

/**
 * tracked_pick() - a record for `nestor vmcs list`
 * @n: L1's VMX
 * @address: L1's VMCS region
 *
 * Return: the record of this address, an unused one, or one whose VMCS is not in a slot.
 */
struct tracked_vmcs *tracked_pick(struct nested *n, u64 address);

/* The record of @slot's VMCS tells what is so now. */
void tracked_update(struct nested *n, struct vmcs_slot *slot);

/* VMCLEAR of a VMCS that is in no slot: it is not active any more. */
void tracked_forget(struct nested *n, u64 address);
void tracked_init(struct nested *n);

#endif
