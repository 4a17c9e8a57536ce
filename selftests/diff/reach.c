// SPDX-License-Identifier: GPL-2.0-only
/*
 * How far hostile programs came: exits, entries that failed, errors, faults.
 */
#include <stdio.h>

#include "arena.h"
#include "names.h"
#include "reach.h"
#include "arch/types.h"

static struct {
	u64 programs, exits[128], fails[32], failed_entries, faults, given_up, watchdog;
} counted;

static void count_record(const struct lhv_log *record, u64 *outcome)
{
	switch (record->key) {
	case LHV_K_OUTCOME:
		*outcome = record->value;
		break;
	case LHV_K_VECTOR:
		counted.faults++;
		break;
	case LHV_K_WATCHDOG:
		counted.watchdog++;
		break;
	case LHV_K_END:
		counted.given_up += !!record->value;
		break;
	case LHV_K_FIELD + 0x4402:
		counted.failed_entries += record->value >> 31 & 1;
		counted.exits[record->value % 128]++;
		break;
	case LHV_K_FIELD + 0x4400:
		if (*outcome == LHV_OUT_DONE)
			counted.fails[record->value % 32]++;
		break;
	default:
		break;
	}
}

void reach_count_log(void)
{
	u64 outcome = 0;
	size_t nr, i;
	const struct lhv_log *log = arena_log(&nr);

	counted.programs++;
	for (i = 0; i < nr; i++)
		count_record(&log[i], &outcome);
}

void reach_print(void)
{
	u64 exits = 0, fails = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(counted.exits); i++) {
		exits += counted.exits[i];
		if (counted.exits[i])
			printf("#   exit %zu %s: %llu\n", i, names_reason(i),
			       (unsigned long long)counted.exits[i]);
	}
	for (i = 0; i < ARRAY_SIZE(counted.fails); i++) {
		fails += counted.fails[i];
		if (counted.fails[i])
			printf("#   VMfail %zu %s: %llu\n", i, names_error(i),
			       (unsigned long long)counted.fails[i]);
	}
	printf("# %llu programs: %llu exits (%llu of failed entries), %llu VMfails, %llu faults, %llu guests stopped, "
	       "%llu programs given up\n",
	       (unsigned long long)counted.programs, (unsigned long long)exits,
	       (unsigned long long)counted.failed_entries, (unsigned long long)fails,
	       (unsigned long long)counted.faults, (unsigned long long)counted.watchdog,
	       (unsigned long long)counted.given_up);
}
