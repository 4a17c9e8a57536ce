// SPDX-License-Identifier: GPL-2.0-only
/* `nestor stat --json`: {"version":..,"enabled":..,"cpus":[{..}],"total":{..},"sentences":{..}} */
#include <stdio.h>
#include "json.h"
#include "names.h"
#include "stat.h"

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
		stats_key(table, i, key);
		json_number(json, key, counters[i]);
	}
	json_object_end(json);
}

/* Some keys need more words than a key can have: these are told once for all CPUs. */
static void json_sentences(struct json *json, const struct stats *total,
			   const struct stats_table *table)
{
	const uint64_t *counters = stats_table(total, table);
	char key[NAME_SIZE];
	unsigned int i;

	for (i = 0; i < table->size; i++) {
		if (!counters[i] || !table->sentence || !table->sentence(i))
			continue;
		stats_key(table, i, key);
		json_string(json, key, table->sentence(i));
	}
}

static void json_insns(struct json *json, const struct stats *stats)
{
	unsigned int i;
	int result;

	json_object(json, "insns");
	for (i = 0; i < NESTOR_INSN_NR; i++) {
		if (!stats_insn_used(stats, i))
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
	for (i = 0; i < set->cpus.nr; i++) {
		json_object(&json, NULL);
		json_number(&json, "cpu", stats_of(set, i)->cpu);
		json_counters(&json, stats_of(set, i));
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
