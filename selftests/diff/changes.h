/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a program changed in memory.
 */
#ifndef DIFF_CHANGES_H
#define DIFF_CHANGES_H

#include "arch/types.h"

/* Call @changed (if any) for each word of memory that the last program changed, and put it back. */
void changes_take(void (*changed)(u64 offset, u64 value, void *data), void *data);

#endif
