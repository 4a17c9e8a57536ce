// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compare the results of a program on two machines: the same records in the same order, but for what the
 * SDM leaves undefined (rules.c), and for what is known to differ (known.c).
 */
#include "compare.h"
#include "describe.h"
#include "group.h"
#include "known.h"
#include "rules.h"

#define MAX_SHOWN	16

static void note(struct difference *difference, const struct program *program,
		 const struct group *group, const struct lhv_log *a, const struct lhv_log *b)
{
	const char *why = known_why(program, group, a, b);

	if (!difference->nr)
		difference->known = why;
	else if (!why)
		difference->known = NULL;
	if (++difference->nr > MAX_SHOWN)
		return;
	text_add(&difference->what, "    ");
	if (a)
		describe_record(&difference->what, a);
	else
		text_add(&difference->what, "nothing");
	text_add(&difference->what, "  but  ");
	if (b)
		describe_record(&difference->what, b);
	else
		text_add(&difference->what, "nothing");
	text_add(&difference->what, "\n");
}

/* Keys come in the same order in both; one that is missing in one of them is a difference. */
static bool compare_groups(const struct program *program, const struct group *a,
			   const struct group *b, struct difference *difference)
{
	size_t i = 0, j = 0;
	bool found = false;

	while (i < a->nr || j < b->nr) {
		const struct lhv_log *x = i < a->nr ? &a->records[i] : NULL;
		const struct lhv_log *y = j < b->nr ? &b->records[j] : NULL;

		if (x && y && x->key == y->key) {
			i++;
			j++;
			if (x->value == y->value || rules_mask(a, x->key))
				continue;
		} else if (x && (!y || !group_has(b, x->key))) {
			i++;
			y = NULL;
		} else {
			j++;
			x = NULL;
		}
		note(difference, program, a, x, y);
		found = true;
	}
	return found;
}

/* What a guest that does not end has left in memory is a matter of time. */
static bool has_not_ended(const struct result *result)
{
	size_t i;

	for (i = 0; i < result->nr; i++)
		if (result->records[i].key == LHV_K_WATCHDOG)
			return true;
	return false;
}

/* A step that differs as it is known to: what follows it counts as before. */
static bool pass_over(struct difference *difference)
{
	const char *why = difference->known;

	if (!why)
		return false;
	text_free(&difference->what);
	*difference = (struct difference){ .known = why };
	return true;
}

/* The first step that differs as it must not; the memory too, since it may tell more. */
bool compare_results(const struct result *a, const struct result *b, struct difference *difference)
{
	bool found = false, no_memory = has_not_ended(a) && has_not_ended(b);
	size_t i = 0, j = 0;

	*difference = (struct difference){ 0 };
	while (!found && (i < a->nr || j < b->nr)) {
		static const struct group none;
		u32 step_a = i < a->nr ? a->records[i].step : LHV_STEP_MEMORY;
		u32 step_b = j < b->nr ? b->records[j].step : LHV_STEP_MEMORY;
		struct group x = none, y = none;

		difference->step = step_a < step_b ? step_a : step_b;
		if (difference->step == LHV_STEP_MEMORY && no_memory)
			break;
		if (i < a->nr && step_a <= step_b)
			x = group_next(a, &i);
		if (j < b->nr && step_b <= step_a)
			y = group_next(b, &j);
		found = compare_groups(&a->program, &x, &y, difference) && !pass_over(difference);
	}
	return found || difference->known;
}
