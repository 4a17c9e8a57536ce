/* SPDX-License-Identifier: GPL-2.0-only */
/* VMREAD and VMWRITE of L2 (SDM "VMCS Shadowing"). */
#ifndef NESTED_RUN_L2SHADOW_H
#define NESTED_RUN_L2SHADOW_H

#include "state.h"

/**
 * l2shadow_access() - VMREAD or VMWRITE of L2 that might be L1's own VMCS shadowing's
 * @n: L1's VMX; VMCS02 is and remains current
 * @reason: which of them
 *
 * Return: true if L2 is to execute it again, false if the exit is L1's.
 */
bool l2shadow_access(struct nested *n, u32 reason);

/* The exit is L1's, and so is now what L2 has written to the linked VMCS. VMCS01 is current. */
void l2shadow_take_back(struct nested *n);

#endif
