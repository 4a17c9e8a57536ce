/* SPDX-License-Identifier: GPL-2.0-only */
/* VM-exit MSR lists of L1. */
#ifndef NESTED_RUN_MSRLIST_H
#define NESTED_RUN_MSRLIST_H

#include "state.h"

/**
 * msrlist_load() - run a VM-exit MSR-load list
 * @n: L1's VMX; VMCS01 is current
 * @address: physical address of the list
 * @count: number of entries
 *
 * Return: 0, or the number (from 1) of the entry that cannot be loaded.
 */
u32 msrlist_load(struct nested *n, u64 address, u32 count);

/**
 * msrlist_store() - run a VM-exit MSR-store list
 * @n: L1's VMX; VMCS02 is current
 * @address: physical address of the list
 * @count: number of entries
 *
 * Return: 0, or the number (from 1) of the entry that cannot be stored.
 */
u32 msrlist_store(struct nested *n, u64 address, u32 count);

/**
 * msrlist_loaded() - what a VM-entry list that failed has left in EFER and PAT
 * @address: physical address of the list
 * @count: number of entries that were loaded
 * @efer: EFER before the list; receives what the list has left
 * @pat: PAT, likewise
 */
void msrlist_loaded(u64 address, u32 count, u64 *efer, u64 *pat);

#endif
