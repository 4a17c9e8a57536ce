/* SPDX-License-Identifier: GPL-2.0-only */
/* VM-exit MSR lists of L1. */
#ifndef NESTED_RUN_MSRLIST_H
#define NESTED_RUN_MSRLIST_H

#include "state.h"

/**
 * msrlist_load() - the VM-exit MSR-load list
 * @n: L1's VMX
 * @address: of the list
 * @count: entries
 *
 * Return: 0, or the number (from 1) of the entry that cannot be loaded.
 */
u32 msrlist_load(struct nested *n, u64 address, u32 count);
u32 msrlist_store(struct nested *n, u64 address, u32 count);

/**
 * msrlist_loaded() - what a VM-entry list that failed has left in the MSRs that Nestor switches
 * @address: of the list
 * @count: entries that were loaded
 * @efer, @pat: as before the list; changed to what is left
 */
void msrlist_loaded(u64 address, u32 count, u64 *efer, u64 *pat);

#endif
