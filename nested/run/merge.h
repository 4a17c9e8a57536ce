/* SPDX-License-Identifier: GPL-2.0-only */
/* VMCS02's controls, which are made of VMCS12's. */
#ifndef NESTED_RUN_MERGE_H
#define NESTED_RUN_MERGE_H

#include "state.h"

/**
 * merge_controls() - write the controls of VMCS02 that Nestor replaces or forces bits of
 * @n: L1's VMX; VMCS02 is current
 * @slot: L1's current VMCS
 *
 * This also works out struct merged, but for @usual.
 */
void merge_controls(struct nested *n, struct vmcs_slot *slot);

#endif
