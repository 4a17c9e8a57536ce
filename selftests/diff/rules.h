/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a VM exit leaves defined.
 */
#ifndef DIFF_RULES_H
#define DIFF_RULES_H

#include "group.h"
#include "arch/types.h"

void rules_read(const char *path);

/* Is this key of a step one that need not be the same on two machines? */
bool rules_mask(const struct group *group, u32 key);

#endif
