// SPDX-License-Identifier: GPL-2.0-only
/*
 * `nestor stat --prometheus`: each metric comes once, with its lines for all CPUs after its HELP
 * and TYPE. There are no totals, because PromQL has sum().
 */
#include <inttypes.h>
#include <stdio.h>
#include "names.h"
#include "stat.h"

static void metric(const char *name, const char *help)
{
	printf("# HELP nestor_%s %s\n# TYPE nestor_%s counter\n", name, help, name);
}

static void prometheus_table(const struct stats_set *set, const struct stats_table *table)
{
	char name[NAME_SIZE], key[NAME_SIZE];
	unsigned int i;
	size_t cpu;

	snprintf(name, sizeof(name), "%s_total", table->name);
	metric(name, table->text);
	for (cpu = 0; cpu < set->cpus.nr; cpu++) {
		const uint64_t *counters = stats_table(stats_of(set, cpu), table);

		for (i = 0; i < table->size; i++) {
			if (!counters[i])
				continue;
			stats_key(table, i, key);
			printf("nestor_%s{cpu=\"%u\",%s=\"%s\"} %" PRIu64 "\n", name,
			       stats_of(set, cpu)->cpu, table->label, key, counters[i]);
		}
	}
}

static void prometheus_insn(const struct stats *stats, unsigned int insn)
{
	int result;

	if (!stats_insn_used(stats, insn))
		return;
	for (result = 0; result < STATS_RESULTS; result++)
		printf("nestor_insns_total{cpu=\"%u\",insn=\"%s\",result=\"%s\"} %" PRIu64 "\n",
		       stats->cpu, stats_insns[insn], stats_results[result],
		       stats->insns[insn][result]);
}

static void prometheus_insns(const struct stats_set *set)
{
	unsigned int i;
	size_t cpu;

	metric("insns_total", "VMX instructions of L1 by kind and result");
	for (cpu = 0; cpu < set->cpus.nr; cpu++)
		for (i = 0; i < NESTOR_INSN_NR; i++)
			prometheus_insn(stats_of(set, cpu), i);
}

static void prometheus_scalar(const struct stats_set *set, unsigned int which)
{
	char name[NAME_SIZE];
	size_t cpu;

	snprintf(name, sizeof(name), "%s_total", stats_scalars[which].name);
	metric(name, stats_scalars[which].text);
	for (cpu = 0; cpu < set->cpus.nr; cpu++)
		printf("nestor_%s{cpu=\"%u\"} %" PRIu64 "\n", name, stats_of(set, cpu)->cpu,
		       stats_of(set, cpu)->scalars[which]);
}

/*
 * The sum of this histogram is not known, so its buckets are told as a plain counter;
 * histogram_quantile() needs no more. A bucket holds what is at most its bound. Ticks are whole, so
 * the bound is one less than the next power of two. The last bound has to be +Inf.
 */
static void prometheus_times(const struct stats *stats)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < stats_buckets(stats); i++) {
		sum += stats->root_time[i];
		printf("nestor_root_time_ticks_bucket{cpu=\"%u\",le=\"%" PRIu64 "\"} %" PRIu64 "\n",
		       stats->cpu, (UINT64_C(2) << i) - 1, sum);
	}
	printf("nestor_root_time_ticks_bucket{cpu=\"%u\",le=\"+Inf\"} %" PRIu64 "\n", stats->cpu,
	       sum);
}

void stat_prometheus(const struct info *info, const struct stats_set *set)
{
	unsigned int i;
	size_t cpu;

	printf("# HELP nestor_enabled 1 while Linux runs under Nestor\n# TYPE nestor_enabled gauge\n");
	printf("nestor_enabled{version=\"%s\"} %d\n", info->version, info->enabled);
	for (i = 0; i < STATS_TABLES; i++)
		prometheus_table(set, &stats_tables[i]);
	prometheus_insns(set);
	for (i = 0; i <= NESTOR_A_STATS_MAX; i++)
		if (stats_scalars[i].name)
			prometheus_scalar(set, i);
	metric("root_time_ticks_bucket", "TSC ticks from VM exit to VM entry, cumulative");
	for (cpu = 0; cpu < set->cpus.nr; cpu++)
		prometheus_times(stats_of(set, cpu));
}
