// SPDX-License-Identifier: GPL-2.0-only
/* The outputs of `nestor stat` for programs */
#include <inttypes.h>
#include <time.h>
#include "json.h"
#include "names.h"
#include "stat.h"

/* JSON: {"version":..,"enabled":..,"cpus":[{..}],"total":{..},"sentences":{..}} */

static void json_table(struct json *json, const struct stats *stats,
		       const struct stats_table *table)
{
	const uint64_t *counters = stats_table(stats, table);
	char key[NAME_SIZE];
	unsigned int i;

	json_object(json, table->name);
	for (i = 0; i < table->size; i++) {
		if (!counters[i])
			continue;
		table->key(key, i);
		json_number(json, key, counters[i]);
	}
	json_object_end(json);
}

/* Keys that need more words than a key can have, once for all CPUs. */
static void json_sentences(struct json *json, const struct stats *total,
			   const struct stats_table *table)
{
	const uint64_t *counters = stats_table(total, table);
	char key[NAME_SIZE];
	unsigned int i;

	for (i = 0; i < table->size; i++) {
		if (!counters[i] || !table->sentence || !table->sentence(i))
			continue;
		table->key(key, i);
		json_string(json, key, table->sentence(i));
	}
}

static bool insn_used(const struct stats *stats, unsigned int insn)
{
	uint64_t any = 0;
	int result;

	for (result = 0; result < STATS_RESULTS; result++)
		any |= stats->insns[insn][result];
	return any;
}

static void json_insns(struct json *json, const struct stats *stats)
{
	unsigned int i;
	int result;

	json_object(json, "insns");
	for (i = 0; i < NESTOR_INSN_NR; i++) {
		if (!insn_used(stats, i))
			continue;
		json_object(json, stats_insns[i]);
		for (result = 0; result < STATS_RESULTS; result++)
			json_number(json, stats_results[result], stats->insns[i][result]);
		json_object_end(json);
	}
	json_object_end(json);
}

static void json_counters(struct json *json, const struct stats *stats)
{
	unsigned int i;

	for (i = 0; i < STATS_TABLES; i++)
		json_table(json, stats, &stats_tables[i]);
	json_insns(json, stats);
	for (i = 0; i <= NESTOR_A_STATS_MAX; i++)
		if (stats_scalars[i].name)
			json_number(json, stats_scalars[i].name, stats->scalars[i]);
	json_array(json, "root_time");
	for (i = 0; i < stats_buckets(stats); i++)
		json_number(json, NULL, stats->root_time[i]);
	json_array_end(json);
}

void stat_json(const struct info *info, const struct stats_set *set)
{
	struct json json = { .stream = stdout };
	size_t i;

	json_object(&json, NULL);
	json_string(&json, "version", info->version);
	json_bool(&json, "enabled", info->enabled);
	json_array(&json, "cpus");
	for (i = 0; i < set->nr; i++) {
		json_object(&json, NULL);
		json_number(&json, "cpu", set->cpus[i].cpu);
		json_counters(&json, &set->cpus[i]);
		json_object_end(&json);
	}
	json_array_end(&json);
	json_object(&json, "total");
	json_counters(&json, &set->total);
	json_object_end(&json);
	json_object(&json, "sentences");
	for (i = 0; i < STATS_TABLES; i++)
		json_sentences(&json, &set->total, &stats_tables[i]);
	json_object_end(&json);
	json_object_end(&json);
	json_end(&json);
}

/* CSV: one number a line, so that a table of any machine has the same columns */

static void csv_table(const char *who, const struct stats *stats, const struct stats_table *table)
{
	const uint64_t *counters = stats_table(stats, table);
	char key[NAME_SIZE];
	unsigned int i;

	for (i = 0; i < table->size; i++) {
		if (!counters[i])
			continue;
		table->key(key, i);
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
	for (i = 0; i < set->nr; i++) {
		snprintf(who, sizeof(who), "%lld,%u", now, set->cpus[i].cpu);
		csv_counters(who, &set->cpus[i]);
	}
	snprintf(who, sizeof(who), "%lld,total", now);
	csv_counters(who, &set->total);
}

/*
 * Prometheus: each metric once, with its lines for all CPUs behind its HELP and TYPE; no totals,
 * PromQL has sum()
 */

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
	for (cpu = 0; cpu < set->nr; cpu++) {
		const uint64_t *counters = stats_table(&set->cpus[cpu], table);

		for (i = 0; i < table->size; i++) {
			if (!counters[i])
				continue;
			table->key(key, i);
			printf("nestor_%s{cpu=\"%u\",%s=\"%s\"} %" PRIu64 "\n", name,
			       set->cpus[cpu].cpu, table->label, key, counters[i]);
		}
	}
}

static void prometheus_insn(const struct stats *stats, unsigned int insn)
{
	int result;

	if (!insn_used(stats, insn))
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
	for (cpu = 0; cpu < set->nr; cpu++)
		for (i = 0; i < NESTOR_INSN_NR; i++)
			prometheus_insn(&set->cpus[cpu], i);
}

static void prometheus_scalar(const struct stats_set *set, unsigned int which)
{
	char name[NAME_SIZE];
	size_t cpu;

	snprintf(name, sizeof(name), "%s_total", stats_scalars[which].name);
	metric(name, stats_scalars[which].text);
	for (cpu = 0; cpu < set->nr; cpu++)
		printf("nestor_%s{cpu=\"%u\"} %" PRIu64 "\n", name, set->cpus[cpu].cpu,
		       set->cpus[cpu].scalars[which]);
}

/*
 * The buckets of a histogram whose sum is not known, hence a plain counter; histogram_quantile()
 * needs no more. A bucket holds what is at most its bound: ticks are whole, so that is one less
 * than the next power of two. The last has to be +Inf.
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
	for (cpu = 0; cpu < set->nr; cpu++)
		prometheus_times(&set->cpus[cpu]);
}
