/* SPDX-License-Identifier: GPL-2.0-only */
/* Suspend, resume and the machine's end. */
#ifndef NESTOR_POWER_H
#define NESTOR_POWER_H

/**
 * power_init() - from here on Nestor leaves for a suspend, comes back at the resume, and leaves for
 * a reboot or kexec
 *
 * Return: 0, or what registering gave.
 */
int power_init(void);

/* All this goes on without Nestor. */
void power_exit(void);

#endif
