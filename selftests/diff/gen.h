/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random programs.
 */
#ifndef DIFF_GEN_H
#define DIFF_GEN_H

#include "program.h"
#include "arch/types.h"

/* The same program each time for the same seed and number. */
struct program gen_program(u64 seed, u64 number);

#endif
