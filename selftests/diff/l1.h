/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instructions of L1 in random programs.
 */
#ifndef DIFF_L1_H
#define DIFF_L1_H

#include "draft.h"

/* VMX instructions with operands anywhere; nothing is entered. */
void l1_instructions(struct draft *to);

#endif
