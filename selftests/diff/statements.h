/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All statements of the language.
 */
#ifndef DIFF_STATEMENTS_H
#define DIFF_STATEMENTS_H

#include "line.h"

/* A program begins: what the last one said counts no more. */
void statements_forget(void);

/* NULL if there is none of this name. */
const struct statement *statements_find(const char *name);

#endif
