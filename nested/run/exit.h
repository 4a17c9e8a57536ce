/* SPDX-License-Identifier: GPL-2.0-only */
/* VM exits of L2. */
#ifndef NESTED_RUN_EXIT_H
#define NESTED_RUN_EXIT_H

#include "arch/reasons.h"
#include "arch/vmx.h"
#include "state.h"

/* The exit-reason field after a machine check has ended a VM entry */
#define ENTRY_FAILED_MC (EXIT_REASON_MCE_DURING_VMENTRY | VMX_EXIT_REASON_FAILED_VMENTRY)

/**
 * exit_from_l2() - answer a VM exit of L2, or give it to L1
 * @n: L1's VMX; VMCS02 is current, and afterwards VMCS01 if the exit is L1's
 * @reason: the exit-reason field
 */
void exit_from_l2(struct nested *n, u32 reason);

/**
 * exit_reflect() - give L1 the exit that VMCS02 and the overlay describe
 * @n: L1's VMX; VMCS02 is current, and afterwards VMCS01
 * @reason: the exit-reason field that L1 gets
 */
void exit_reflect(struct nested *n, u32 reason);

/**
 * exit_instead() - give L1 an exit that did not happen, in place of going on with L2
 * @n: L1's VMX; VMCS02 is current, and afterwards VMCS01
 * @reason: the exit reason that L1 gets; the exit qualification is 0
 * @event: the VM-exit interruption information that L1 gets, or 0
 *
 * An event that the next VM entry would have injected is the one that the exit interrupts.
 */
void exit_instead(struct nested *n, u32 reason, u32 event);

#endif
