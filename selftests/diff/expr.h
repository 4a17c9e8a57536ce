/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values as programs write them.
 */
#ifndef DIFF_EXPR_H
#define DIFF_EXPR_H

#include "arch/types.h"

/*
 * Sums, differences, ORs and so on of numbers, places (places.c), bits and fields, from left to right. One
 * that is none is the end.
 */
u64 expr_value(const char *expression);

/* The encoding of a VMCS field: its name, with ".high" for the high half, or a value. */
u32 expr_field(const char *name);

#endif
