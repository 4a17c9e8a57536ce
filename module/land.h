/* SPDX-License-Identifier: GPL-2.0-only */
/* Giving one CPU back. */
#ifndef NESTOR_LAND_H
#define NESTOR_LAND_H

/**
 * land_cpu() - give this CPU back, with interrupts off
 *
 * Return: 0, or -EBUSY while L1 is in VMX operation on it.
 */
int land_cpu(void);

#endif
