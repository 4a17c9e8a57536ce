/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The source of numbers that random machines are made from: a pseudo-random one in the tests, the
 * fuzzer's input in the fuzzers.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include "arch/types.h"

void source_begin(u64 (*next)(void));
u64 source_next(void);
u64 source_below(u64 bound);

/* True once in @n times. */
bool source_once_in(unsigned int n);

#endif
