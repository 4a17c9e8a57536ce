// SPDX-License-Identifier: GPL-2.0-only
/*
 * The records of one step, and what can be asked of them.
 */
#include "group.h"

const uint64_t *group_field(const struct group *group, u32 encoding)
{
	size_t i;

	for (i = 0; i < group->nr; i++)
		if (group->records[i].key == LHV_K_FIELD + encoding)
			return &group->records[i].value;
	return NULL;
}

bool group_holds(const struct condition *condition, const struct group *group)
{
	const uint64_t *value = group_field(group, condition->encoding);

	return (value && (*value & condition->bits) == condition->bits) == condition->set;
}

struct group group_next(const struct result *result, size_t *at)
{
	struct group group = { result->records + *at, 0 };

	while (*at < result->nr && result->records[*at].step == group.records[0].step) {
		group.nr++;
		++*at;
	}
	return group;
}

bool group_has(const struct group *group, u32 key)
{
	size_t i;

	for (i = 0; i < group->nr; i++)
		if (group->records[i].key == key)
			return true;
	return false;
}
