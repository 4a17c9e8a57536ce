/* SPDX-License-Identifier: GPL-2.0-only */
/* EPT violations of L2. */
#ifndef NESTED_EPT_VIOLATION_H
#define NESTED_EPT_VIOLATION_H

#include "state.h"

/**
 * violation_answer() - answer an EPT violation of L2: fill EPT02, or say which exit L1 gets
 * @n: L1's VMX; VMCS02 is current
 * @reason: exit reason; changed where L1 gets another exit: EPT12 or SPPT12 is misconfigured,
 *	SPPT12 lacks an entry, the page-modification log is full, or L1 intercepts #VE
 *
 * Return: true if L2 goes on, false if the exit is L1's.
 */
bool violation_answer(struct nested *n, u32 *reason);

/**
 * violation_forget_sub_pages() - answer an SPP-related event of L2: SPPT02 has no entry for
 * the page
 * @n: L1's VMX; VMCS02 is current
 *
 * EPT02 forgets that the page has sub-page permissions. So L2's next attempt is an EPT violation,
 * whose exit information has all that L1 may want to know.
 */
void violation_forget_sub_pages(struct nested *n);

/**
 * violation_fill_awaited() - enter the page whose violation L1 has just answered, if it has
 * mapped it
 * @n: L1's VMX; VMCS02 is current
 * @slot: L1's current VMCS
 *
 * L2's next attempt does not exit then. The page is entered only if the processor could hold it
 * already: its accessed flags are set, and for a write its dirty flag.
 */
void violation_fill_awaited(struct nested *n, const struct vmcs_slot *slot);

#endif
