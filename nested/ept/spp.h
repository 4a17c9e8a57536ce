/* SPDX-License-Identifier: GPL-2.0-only */
/* Sub-page write permissions of L2. */
#ifndef NESTED_EPT_SPP_H
#define NESTED_EPT_SPP_H

#include "state.h"

enum spp_result { SPP_WRITABLE, SPP_DENIED, SPP_MISS, SPP_MISCONFIG };
enum sppt02_result { SPPT02_SAME, SPPT02_NEW, SPPT02_CHANGED, SPPT02_NO_PAGE };

/**
 * spp_walk() - what SPPT12 says of a write that is eligible for sub-page write permissions
 * @n: L1's VMX
 * @gpa: guest-physical address
 * @permissions: SPPT12's entry for the page; undefined for SPP_MISS
 */
enum spp_result spp_walk(const struct nested *n, u64 gpa, u64 *permissions);
void spp_init(struct nested *n);

/* The processor may hold what is in it: INVEPT of all roots must follow. */
void spp_empty(struct nested *n);

/**
 * spp_follow() - VMCS02, which is current, gets SPPT02 in place of a table of L1's
 * @n: L1's VMX
 * @spptp12: L1's
 *
 * Return: true if it was the copy of another table.
 */
bool spp_follow(struct nested *n, u64 spptp12);

/**
 * spp_enter() - the entry of a page
 * @n: L1's VMX
 * @gpa: guest-physical address
 * @permissions: the entry, which grants something
 *
 * Return: how it stood there before: as now, not at all, or otherwise.
 */
enum sppt02_result spp_enter(struct nested *n, u64 gpa, u64 permissions);

#endif
