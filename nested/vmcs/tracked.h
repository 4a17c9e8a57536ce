/* SPDX-License-Identifier: GPL-2.0-only */
/* What `nestor vmcs list` shows of the VMCSs of L1. */
#ifndef NESTED_VMCS_TRACKED_H
#define NESTED_VMCS_TRACKED_H

#include "state.h"

/**
 * tracked_pick() - choose a record for a VMCS
 * @n: L1's VMX
 * @address: physical address of L1's VMCS region
 *
 * Return: the record of this address, an unused one, or one whose VMCS is not in a slot;
 * never NULL.
 */
struct tracked_vmcs *tracked_pick(struct nested *n, u64 address);

/**
 * tracked_update() - bring the record of a slot's VMCS up to date
 * @n: L1's VMX
 * @slot: the slot
 */
void tracked_update(struct nested *n, struct vmcs_slot *slot);

/**
 * tracked_forget() - a VMCS that is in no slot is not active any more
 * @n: L1's VMX
 * @address: physical address of L1's VMCS region
 */
void tracked_forget(struct nested *n, u64 address);

/**
 * tracked_init() - mark all records as unused
 * @n: L1's VMX
 */
void tracked_init(struct nested *n);

#endif
