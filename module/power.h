/* SPDX-License-Identifier: GPL-2.0-only */
/* Suspend and resume. */
#ifndef NESTOR_POWER_H
#define NESTOR_POWER_H

void power_init(void);
void power_exit(void);

#endif
