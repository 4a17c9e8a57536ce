/* SPDX-License-Identifier: GPL-2.0-only */
/* Taking one CPU over. */
#ifndef NESTOR_LAUNCH_H
#define NESTOR_LAUNCH_H

/**
 * launch_cpu() - take this CPU over; interrupts are off, or the caller is a kernel thread bound to
 * it
 * @why: set to a sentence that says why, when it fails
 *
 * Return: 0, or the error that check_cpu() gave, or -EIO when the processor refused.
 */
int launch_cpu(const char **why);

#endif
