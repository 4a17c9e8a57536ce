/* SPDX-License-Identifier: GPL-2.0-only */
/* Taking one CPU over. */
#ifndef NESTOR_LAUNCH_H
#define NESTOR_LAUNCH_H

struct l1_operation;

/**
 * launch_cpu() - take this CPU over, with interrupts off
 * @l1: what VMX is to L1; check_cpu() has agreed
 * @why: set to a sentence that says why, when it fails
 *
 * Return: 0, or -EIO when the processor refused: the CPU is as it was then.
 */
int launch_cpu(const struct l1_operation *l1, const char **why);

#endif
