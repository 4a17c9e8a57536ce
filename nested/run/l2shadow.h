/* SPDX-License-Identifier: GPL-2.0-only */
/* VMREAD and VMWRITE of L2 (SDM "VMCS Shadowing"). */
#ifndef NESTED_RUN_L2SHADOW_H
#define NESTED_RUN_L2SHADOW_H

#include "state.h"

/**
 * l2shadow_access() - answer a VMREAD or VMWRITE of L2 that L1's own VMCS shadowing may allow
 * @n: L1's VMX; VMCS02 is and remains current
 * @reason: exit reason of the instruction
 *
 * Return: true if L2 is to execute it again, false if the exit is L1's.
 */
bool l2shadow_access(struct nested *n, u32 reason);

/**
 * l2shadow_take_back() - the exit is L1's: end the VMCS shadowing of L2
 * @n: L1's VMX; VMCS01 is and remains current
 *
 * What L2 has written to the linked VMCS is in its slot's shadow VMCS, where L1 finds it.
 */
void l2shadow_take_back(struct nested *n);

#endif
