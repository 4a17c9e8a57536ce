/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * EXEC: a few bytes of code with all registers given.
 */
#ifndef ENGINE_EXEC_H
#define ENGINE_EXEC_H

#include "../lhv.h"
#include "types.h"

/* A program begins. */
void exec_begin(void);

/* The next code begins with this value in a register of L1, or, from NR_REGS on, of the guest. */
void exec_set_reg(u32 reg, u64 value);

/* Returns 0 if the program cannot go on. */
int exec_step(const struct lhv_step *step);

#endif
