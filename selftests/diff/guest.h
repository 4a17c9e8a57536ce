/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest code of random programs.
 */
#ifndef DIFF_GUEST_H
#define DIFF_GUEST_H

#include "draft.h"

/* A few pieces of code, and registers that they find something with. */
void guest_code(struct draft *to);

#endif
