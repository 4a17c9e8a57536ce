/* SPDX-License-Identifier: GPL-2.0-only */
/* Capabilities that the user wants hidden. */
#ifndef NESTOR_MASK_H
#define NESTOR_MASK_H

#include <linux/types.h>

/**
 * mask_check() - hide what Nestor does not honour, and see whether the rest can be hidden here
 * @why: set to a sentence when a bit that the user wants hidden cannot be
 *
 * Return: 0 or -EINVAL.
 */
int mask_check(const char **why);

/* Was the module loaded with mask=? */
bool mask_is_asked_for(void);

#endif
