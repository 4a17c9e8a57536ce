/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Statements about the contents of a VMCS, and what the guest of the last state is like.
 */
#ifndef DIFF_CONTENTS_H
#define DIFF_CONTENTS_H

#include "line.h"
#include "arch/types.h"

extern const struct statement contents_statements[];

/* A program begins: no state was written. */
void contents_forget(void);

/* How wide the guest's code is: 16, 32 or 64. */
int contents_code_mode(void);
bool contents_paging(void);

#endif
