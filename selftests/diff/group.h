/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The records of one step, and what can be asked of them.
 */
#ifndef DIFF_GROUP_H
#define DIFF_GROUP_H

#include "lhv.h"
#include "results.h"
#include "arch/types.h"

/* The records of one step, or of memory at the end */
struct group {
	const struct lhv_log *records;
	size_t nr;
};

/* That a field has these bits set, or not all of them set */
struct condition {
	u32 encoding;
	u64 bits;
	bool set;
};

/* Takes those that begin at @at, which is moved past them. */
struct group group_next(const struct result *result, size_t *at);

/* The value of a VMCS field, or NULL */
const uint64_t *group_field(const struct group *group, u32 encoding);
bool group_has(const struct group *group, u32 key);
bool group_holds(const struct condition *condition, const struct group *group);

#endif
