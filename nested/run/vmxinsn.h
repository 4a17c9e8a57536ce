/* SPDX-License-Identifier: GPL-2.0-only */
/* The VMX instructions of L1. */
#ifndef NESTED_RUN_VMXINSN_H
#define NESTED_RUN_VMXINSN_H

#include "state.h"

/**
 * vmxinsn_is_one() - is an exit of L1 for a VMX instruction?
 * @reason: basic exit reason
 *
 * Return: true if it is.
 */
bool vmxinsn_is_one(u32 reason);

/**
 * vmxinsn_execute() - execute a VMX instruction of L1
 * @n: L1's VMX; VMCS01 is current, and afterwards VMCS02 if L2 is to run
 * @reason: basic exit reason of a VMX instruction
 */
void vmxinsn_execute(struct nested *n, u32 reason);

/**
 * vmxinsn_vmresume() - execute a VMRESUME of L1
 * @n: L1's VMX; VMCS01 is current, and afterwards VMCS02 if L2 is to run
 *
 * This is the most frequent instruction, so whatever is seldom goes to vmxinsn_execute().
 */
void vmxinsn_vmresume(struct nested *n);

/**
 * vmxinsn_enter_vmx() - L1 is in VMX operation from now on, with no current VMCS
 * @n: L1's VMX; VMCS01 is current
 * @pointer: its VMXON pointer, or VMX_NO_VMCS for an L1 that was in VMX operation when it was taken
 * over: no VMXON told
 */
void vmxinsn_enter_vmx(struct nested *n, u64 pointer);

/**
 * vmxinsn_leave_vmx() - L1 is not in VMX operation any more
 * @n: L1's VMX; VMCS01 is current
 *
 * VMCSs that are still active are written back, because L1 may well mean to go on with them.
 */
void vmxinsn_leave_vmx(struct nested *n);

#endif
