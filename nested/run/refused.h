/* SPDX-License-Identifier: GPL-2.0-only */
/* VM entries to L2 that the processor has refused, and those that are taken back. */
#ifndef NESTED_RUN_REFUSED_H
#define NESTED_RUN_REFUSED_H

#include "state.h"

/**
 * refused_entry() - the processor has answered the VM entry to L2 with VMfail
 * @n: L1's VMX; VMCS02 is current, and afterwards VMCS01
 * @rflags: RFLAGS after the instruction
 */
void refused_entry(struct nested *n, u64 rflags);

/**
 * refused_take_back() - the VMLAUNCH or VMRESUME under way has not happened
 * @n: L1's VMX; VMCS02 is current, and afterwards VMCS01
 *
 * L1's RIP is still that of the instruction.
 */
void refused_take_back(struct nested *n);

#endif
