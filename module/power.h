/* SPDX-License-Identifier: GPL-2.0-only */
/* Suspend and resume. */
#ifndef NESTOR_POWER_H
#define NESTOR_POWER_H

/* From here on this CPU is given back before a suspend and taken over again at the resume. */
void power_init(void);

/* Suspend and resume go on without Nestor. */
void power_exit(void);

#endif
