/* SPDX-License-Identifier: GPL-2.0-only */
/* VM exits of L2. */
#ifndef NESTED_RUN_EXIT_H
#define NESTED_RUN_EXIT_H

#include "state.h"

void exit_from_l2(struct nested *n, u32 reason);

/* Deliver the exit that VMCS02 and overrides describe to L1; VMCS01 is current afterwards. */
void exit_reflect(struct nested *n, u32 reason);

/**
 * exit_instead() - an own exit of L2 becomes another that is L1's
 * @n: L1's VMX
 * @reason: the exit that L1 gets; its qualification is 0
 * @event: its VM-exit interruption information, or 0
 *
 * What VM entry would have injected is the event that the exit interrupts.
 */
void exit_instead(struct nested *n, u32 reason, u32 event);

#endif
