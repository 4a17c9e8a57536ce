/* SPDX-License-Identifier: GPL-2.0-only */
/* Sub-page write permissions of L2. */
#ifndef NESTED_EPT_SPP_H
#define NESTED_EPT_SPP_H

#include "state.h"

/**
 * enum spp_result - what SPPT12 says of a write
 * @SPP_WRITABLE: its sub-page may be written to
 * @SPP_DENIED: its sub-page may not be written to
 * @SPP_MISS: an entry is not valid
 * @SPP_MISCONFIG: an entry has a reserved bit set
 */
enum spp_result { SPP_WRITABLE, SPP_DENIED, SPP_MISS, SPP_MISCONFIG };

/**
 * enum sppt02_result - how the entry of a page stood in SPPT02 before
 * @SPPT02_SAME: it was as now
 * @SPPT02_NEW: it denied all, or there was none
 * @SPPT02_CHANGED: it was another
 * @SPPT02_NO_PAGE: the pool has no page for a table, so the entry has not been made
 */
enum sppt02_result { SPPT02_SAME, SPPT02_NEW, SPPT02_CHANGED, SPPT02_NO_PAGE };

/**
 * spp_walk() - what SPPT12 says of a write that is eligible for sub-page write permissions
 * @n: L1's VMX
 * @gpa: guest-physical address
 * @permissions: receives SPPT12's entry for the page, if the walk came so far
 *
 * Return: enum spp_result.
 */
enum spp_result spp_walk(const struct nested *n, u64 gpa, u64 *permissions);

/**
 * spp_init() - prepare SPPT02, which is empty
 * @n: L1's VMX
 */
void spp_init(struct nested *n);

/**
 * spp_empty() - empty SPPT02; its tables go back to the pool
 * @n: L1's VMX
 *
 * The processor may hold what is in it: the caller lets INVEPT of all roots follow.
 */
void spp_empty(struct nested *n);

/**
 * spp_follow() - let VMCS02 use SPPT02 as the copy of a table of L1
 * @n: L1's VMX; VMCS02 is current
 * @spptp12: L1's sub-page-permission-table pointer
 *
 * Return: true if it was the copy of another table, and is empty now.
 */
bool spp_follow(struct nested *n, u64 spptp12);

/**
 * spp_enter() - enter the sub-page permissions of a page in SPPT02
 * @n: L1's VMX
 * @gpa: guest-physical address
 * @permissions: SPPT12's entry for the page
 *
 * Return: enum sppt02_result.
 */
enum sppt02_result spp_enter(struct nested *n, u64 gpa, u64 permissions);

#endif
