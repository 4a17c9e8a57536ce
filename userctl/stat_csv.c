// SPDX-License-Identifier: GPL-2.0-only
/* `nestor stat --csv`: one number a line, so that a table of any machine has the same columns */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include "names.h"
#include "stat.h"

static void csv_table(const char *who, const struct stats *stats, const struct stats_table *table)
{
	const uint64_t *counters = stats_table(stats, table);
	char key[NAME_SIZE];
	unsigned int i;

	for (i = 0; i < table->size; i++) {
		if (!counters[i])
			continue;
		stats_key(table, i, key);
		printf("%s,%s,%s,%" PRIu64 "\n", who, table->name, key, counters[i]);
	}
}

static void csv_insns(const char *who, const struct stats *stats)
{
	unsigned int i;
	int result;

	for (i = 0; i < NESTOR_INSN_NR; i++)
		for (result = 0; result < STATS_RESULTS; result++)
			if (stats->insns[i][result])
				printf("%s,insns,%s.%s,%" PRIu64 "\n", who, stats_insns[i],
				       stats_results[result], stats->insns[i][result]);
}

static void csv_counters(const char *who, const struct stats *stats)
{
	unsigned int i;

	for (i = 0; i < STATS_TABLES; i++)
		csv_table(who, stats, &stats_tables[i]);
	csv_insns(who, stats);
	for (i = 0; i <= NESTOR_A_STATS_MAX; i++)
		if (stats_scalars[i].name)
			printf("%s,%s,,%" PRIu64 "\n", who, stats_scalars[i].name,
			       stats->scalars[i]);
	for (i = 0; i < STATS_BUCKETS; i++)
		if (stats->root_time[i])
			printf("%s,root_time,%u,%" PRIu64 "\n", who, i, stats->root_time[i]);
}

void stat_csv(const struct stats_set *set, bool header)
{
	long long now = time(NULL);
	char who[48];
	size_t i;

	if (header)
		puts("time,cpu,counter,key,value");
	for (i = 0; i < set->cpus.nr; i++) {
		snprintf(who, sizeof(who), "%lld,%u", now, stats_of(set, i)->cpu);
		csv_counters(who, stats_of(set, i));
	}
	snprintf(who, sizeof(who), "%lld,total", now);
	csv_counters(who, &set->total);
}
