/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The steps that a program is compiled to.
 */
#ifndef DIFF_STEPS_H
#define DIFF_STEPS_H

#include "lhv.h"
#include "arch/types.h"

/* There must be room for LHV_MAX_STEPS. */
void steps_begin(struct lhv_step *to);
struct lhv_step *steps_add(u8 op);
struct lhv_step *steps_last(void);

/* Write @size bytes at an offset of the arena. */
void steps_poke(u64 offset, u64 value, u32 size);

/* Returns how many there are. */
size_t steps_end(void);

#endif
