/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rubbish in memory that programs and the processor use.
 */
#ifndef DIFF_SCRIBBLE_H
#define DIFF_SCRIBBLE_H

#include <time.h>
#include "arch/types.h"

/* Write words until then into the arenas at @memory. Returns how many. */
u64 scribble_until(time_t end, u8 **memory);

#endif
