// SPDX-License-Identifier: GPL-2.0-only
/* The counters of the module. */
#include <stdio.h>
#include <string.h>
#include "arch/checks.h"
#include "decode/checks.h"
#include "names.h"
#include "stats.h"

const struct stats_table stats_tables[STATS_TABLES] = {
	[STATS_L1_EXITS] = {
		.name = "l1_exits",
		.label = "reason",
		.text = "VM exits of Linux (L1)",
		.size = STATS_REASONS,
		.offset = offsetof(struct stats, l1_exits),
		.attr = NESTOR_A_STATS_L1_EXIT,
		.key = name_reason_key,
		.words = name_reason_words,
	},
	[STATS_L2_OWN] = {
		.name = "l2_own",
		.label = "reason",
		.text = "VM exits of guests (L2) that Nestor answered",
		.size = STATS_REASONS,
		.offset = offsetof(struct stats, l2_own),
		.attr = NESTOR_A_STATS_L2_OWN,
		.key = name_reason_key,
		.words = name_reason_words,
	},
	[STATS_L2_REFLECTED] = {
		.name = "l2_reflected",
		.label = "reason",
		.text = "VM exits of guests (L2) given to Linux",
		.size = STATS_REASONS,
		.offset = offsetof(struct stats, l2_reflected),
		.attr = NESTOR_A_STATS_L2_REFLECTED,
		.key = name_reason_key,
		.words = name_reason_words,
	},
	[STATS_VM_ERRORS] = {
		.name = "vm_errors",
		.label = "error",
		.text = "VM-instruction errors",
		.size = STATS_ERRORS,
		.offset = offsetof(struct stats, vm_errors),
		.attr = NESTOR_A_STATS_VM_ERROR,
		.key = name_error_key,
		.words = name_error_words,
	},
	[STATS_ENTRY_CHECKS] = {
		.name = "entry_checks",
		.label = "check",
		.text = "VM entries of Linux that were refused, by check",
		.size = STATS_CHECKS,
		.offset = offsetof(struct stats, entry_checks),
		.attr = NESTOR_A_STATS_ENTRY_CHECK,
		.key = name_check_key,
		.words = name_check_words,
		.sentence = check_text,
	},
};

const struct stats_scalar stats_scalars[NESTOR_A_STATS_MAX + 1] = {
#define STAT(member, name, words)	[NESTOR_A_STATS_##name] = { #member, words },
#define DERIVED(member, name, words)	STAT(member, name, words)
#include "machine/stats.def"
#undef DERIVED
#undef STAT
};

const char *const stats_insns[NESTOR_INSN_NR] = {
#define VMX_INSN(name, handler, undefined, format) [NESTOR_INSN_##name] = #handler,
#define INSN(name, format)
#include "arch/insns.def"
#undef VMX_INSN
#undef INSN
};

const char *const stats_results[STATS_RESULTS] = {
	[STATS_SUCCEED]		= "succeed",
	[STATS_FAIL_INVALID]	= "fail_invalid",
	[STATS_FAIL_VALID]	= "fail_valid",
	[STATS_FAULT]		= "fault",
};

void stats_key(const struct stats_table *table, unsigned int index, char *buffer)
{
	if (index == table->size - 1)
		snprintf(buffer, NAME_SIZE, "other");
	else
		table->key(buffer, index);
}

void stats_words(const struct stats_table *table, unsigned int index, char *buffer)
{
	if (index == table->size - 1)
		snprintf(buffer, NAME_SIZE, "   other");
	else
		table->words(buffer, index);
}

static void read_count(uint64_t *table, size_t size, struct nlattr *nest)
{
	struct nlattr *attrs[NESTOR_A_COUNT_MAX + 1];
	uint64_t index;

	family_nested(attrs, NESTOR_A_COUNT_MAX, nest);
	index = family_number(attrs[NESTOR_A_COUNT_INDEX]);
	if (index >= size)
		index = size - 1;
	table[index] += family_number(attrs[NESTOR_A_COUNT_VALUE]);
}

void stats_read_counts(uint64_t *table, size_t size, const struct nlattr *nest, int type)
{
	struct nlattr *attr;
	int rest;

	nla_for_each_nested(attr, nest, rest)
		if (nla_type(attr) == type)
			read_count(table, size, attr);
}

static void read_insn(struct stats *stats, struct nlattr *nest)
{
	struct nlattr *attrs[NESTOR_A_INSN_MAX + 1];
	uint64_t kind;

	family_nested(attrs, NESTOR_A_INSN_MAX, nest);
	kind = family_number(attrs[NESTOR_A_INSN_KIND]);
	if (kind >= NESTOR_INSN_NR)
		return;
	stats->insns[kind][STATS_SUCCEED] = family_number(attrs[NESTOR_A_INSN_SUCCEED]);
	stats->insns[kind][STATS_FAIL_INVALID] = family_number(attrs[NESTOR_A_INSN_FAIL_INVALID]);
	stats->insns[kind][STATS_FAIL_VALID] = family_number(attrs[NESTOR_A_INSN_FAIL_VALID]);
	stats->insns[kind][STATS_FAULT] = family_number(attrs[NESTOR_A_INSN_FAULT]);
}

static void read_table(struct stats *stats, const struct stats_table *table,
		       const struct nlattr *nest)
{
	uint64_t *counters = (uint64_t *)((char *)stats + table->offset);

	stats_read_counts(counters, table->size, nest, table->attr);
}

static void read_stats(struct stats *stats, const struct nlattr *nest)
{
	struct nlattr *attr;
	int i, rest;

	for (i = 0; i < STATS_TABLES; i++)
		read_table(stats, &stats_tables[i], nest);
	stats_read_counts(stats->root_time, STATS_BUCKETS, nest, NESTOR_A_STATS_ROOT_TIME);
	nla_for_each_nested(attr, nest, rest) {
		int type = nla_type(attr);

		if (type == NESTOR_A_STATS_INSN)
			read_insn(stats, attr);
		else if (type <= NESTOR_A_STATS_MAX && stats_scalars[type].name)
			stats->scalars[type] = family_number(attr);
	}
}

/*
 * In struct stats nothing but counters comes after @cpu, without padding, so what is done to all of
 * them is done to one array.
 */
#define FIRST_COUNTER offsetof(struct stats, l1_exits)
#define NR_COUNTERS ((sizeof(struct stats) - FIRST_COUNTER) / sizeof(uint64_t))

static uint64_t *counters(struct stats *stats)
{
	return (uint64_t *)((char *)stats + FIRST_COUNTER);
}

static void add(struct stats *sum, struct stats *stats)
{
	size_t i;

	for (i = 0; i < NR_COUNTERS; i++)
		counters(sum)[i] += counters(stats)[i];
}

unsigned int stats_buckets(const struct stats *stats)
{
	unsigned int n = STATS_BUCKETS;

	while (n > 32 && !stats->root_time[n - 1])
		n--;
	return n;
}

bool stats_insn_used(const struct stats *stats, unsigned int insn)
{
	uint64_t any = 0;
	int result;

	for (result = 0; result < STATS_RESULTS; result++)
		any |= stats->insns[insn][result];
	return any;
}

void stats_subtract(struct stats *after, const struct stats *before)
{
	const uint64_t *subtrahend = (const uint64_t *)((const char *)before + FIRST_COUNTER);
	size_t i;

	for (i = 0; i < NR_COUNTERS; i++)
		counters(after)[i] -= subtrahend[i];
}

static void on_stat(struct nlattr **attrs, void *arg)
{
	struct stats_set *set = arg;
	struct stats *stats;

	if (!attrs[NESTOR_A_CPU] || !attrs[NESTOR_A_STATS])
		return;
	stats = list_add(&set->cpus, sizeof(*stats));
	stats->cpu = family_number(attrs[NESTOR_A_CPU]);
	read_stats(stats, attrs[NESTOR_A_STATS]);
	add(&set->total, stats);
}

int stats_read(struct family *family, long cpu, struct stats_set *set)
{
	struct request request = {
		.command = NESTOR_CMD_STAT,
		.dump = true,
		.has_cpu = cpu >= 0,
		.cpu = cpu,
	};

	memset(set, 0, sizeof(*set));
	return family_ask(family, &request, on_stat, set);
}

void stats_free(struct stats_set *set)
{
	list_free(&set->cpus);
}
