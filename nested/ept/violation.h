/* SPDX-License-Identifier: GPL-2.0-only */
/* EPT violations of L2. */
#ifndef NESTED_EPT_VIOLATION_H
#define NESTED_EPT_VIOLATION_H

#include "state.h"

/**
 * violation_answer() - an EPT violation of L2: fill EPT02, or say what L1 shall get
 * @n: L1's VMX; VMCS02 is current
 * @reason: changed where EPT12 or SPPT12 is misconfigured, or SPPT12 or the page log stops L2
 *
 * Return: true if L2 can go on, false if the exit is L1's.
 */
bool violation_answer(struct nested *n, u32 *reason);

/*
 * An SPP-related event of L2: SPPT02 has forgotten the page. EPT02 forgets its sub-page permissions
 * too, so that L2's next attempt is a violation, of which the processor tells all that L1 may want
 * to know.
 */
void violation_forget_sub_pages(struct nested *n);

/*
 * L1 has most likely mapped the page whose violation it was given: enter it now, so that L2's next
 * attempt does not exit. Only what the processor could have cached already: accessed flags, and for
 * a write the dirty flag, are set.
 */
void violation_fill_awaited(struct nested *n, const struct vmcs_slot *slot);

#endif
