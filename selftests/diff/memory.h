/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Statements about memory.
 */
#ifndef DIFF_MEMORY_H
#define DIFF_MEMORY_H

#include "line.h"

extern const struct statement memory_statements[];

/* A program begins: it has changed no entry of a page table. */
void memory_forget(void);

#endif
