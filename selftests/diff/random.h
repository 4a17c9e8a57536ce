/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers for random programs: the same sequence for the same seed.
 */
#ifndef DIFF_RANDOM_H
#define DIFF_RANDOM_H

#include "arch/types.h"

void random_seed(u64 seed);
u64 random_next(void);
u32 random_below(u32 limit);
bool random_chance(u32 percent);

/* Takes one of an array's elements. */
#define PICK(array) ((array)[random_below(ARRAY_SIZE(array))])

/* Returns a value that is likely to make a difference. */
u64 random_value(void);

/* Returns one bit or more of so many. */
u64 random_bits(u32 width);

/* Returns the encoding of a VMCS field, or one that none has. */
u32 random_encoding(void);

#endif
