/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Things broken in a random program.
 */
#ifndef DIFF_BREAKS_H
#define DIFF_BREAKS_H

#include "draft.h"

/* Break one of the fields, controls, page tables and lists that the next entry depends on. */
void breaks_something(struct draft *to);

#endif
