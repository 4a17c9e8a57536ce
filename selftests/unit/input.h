/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fuzzer's input as a source of numbers. A number is one byte, or nine where the first is 0xff:
 * so that choices are short, which are most, and values can be anything. Where it ends, zeros
 * follow.
 */
#ifndef INPUT_H
#define INPUT_H

#include "arch/types.h"

void input_begin(const u8 *data, size_t size);
u64 input_next(void);
size_t input_left(void);

#endif
