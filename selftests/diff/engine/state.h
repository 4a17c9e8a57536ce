/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state of the CPU: the kernel's, and what every program begins with.
 */
#ifndef ENGINE_STATE_H
#define ENGINE_STATE_H

#include "tables.h"
#include "types.h"

/* entry.S writes them down. */
extern struct table_register state_kernel_gdtr;
extern u16 state_kernel_tr;

void state_keep(void);

/* The state that every program begins with; the same whatever Linux has. */
void state_begin(void);

/* What of it programs have to know. */
void state_tell_diff(void);

/* Back to a state that Linux can go on with, but for tables, segments and MSRs; these come last. */
void state_tidy(void);
void state_restore_msrs(void);

#endif
