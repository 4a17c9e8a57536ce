// SPDX-License-Identifier: GPL-2.0-only
/* The table of `nestor stat` */
#include <inttypes.h>
#include <stdio.h>
#include "ctl.h"
#include "names.h"
#include "stat.h"
#include "term.h"

/* More CPUs than this do not fit beside each other in a line. */
#define MAX_COLUMNS 8
#define LABEL "  %-46s"

/**
 * struct columns - which numbers stand in a line
 * @set: where they come from; the first is the total
 * @cpus: how many CPUs have a column of their own
 * @before: what the total was @seconds ago, for a column of what a second adds; or NULL
 * @seconds: how long ago that was
 * @title: is printed above the next line, and then NULL, so that no title is above nothing
 */
struct columns {
	const struct stats_set *set;
	size_t cpus;
	const struct stats *before;
	double seconds;
	const char *title;
};

/* A line is about the number at one offset in everybody's counters. */
static uint64_t value(const struct stats *stats, size_t offset)
{
	return *(const uint64_t *)((const char *)stats + offset);
}

static size_t offset_in(const struct stats *stats, const uint64_t *counter)
{
	return (const char *)counter - (const char *)stats;
}

static void print_numbers(const struct columns *columns, size_t offset)
{
	uint64_t total = value(&columns->set->total, offset);
	size_t i;

	printf(" %14" PRIu64, total);
	if (columns->before)
		printf(" %14.0f", (total - value(columns->before, offset)) / columns->seconds);
	for (i = 0; i < columns->cpus; i++)
		printf(" %12" PRIu64, value(stats_of(columns->set, i), offset));
	putchar('\n');
}

static void print_line(struct columns *columns, const char *label, size_t offset)
{
	if (columns->title)
		printf("\n%s%s%s\n", term_bold(), columns->title, term_plain());
	columns->title = NULL;
	printf(LABEL, label);
	print_numbers(columns, offset);
}

static void print_heads(const struct columns *columns)
{
	char name[16];
	size_t i;

	printf("%s" LABEL " %14s", term_bold(), "", "total");
	if (columns->before)
		printf(" %14s", "a second");
	for (i = 0; i < columns->cpus; i++) {
		snprintf(name, sizeof(name), "cpu%u", stats_of(columns->set, i)->cpu);
		printf(" %12s", name);
	}
	printf("%s\n", term_plain());
}

static void print_sentence(const struct stats_table *table, unsigned int index)
{
	const char *sentence = table->sentence ? table->sentence(index) : NULL;

	if (sentence)
		printf("      %s\n", sentence);
}

static void print_table(struct columns *columns, const struct stats_table *table)
{
	const struct stats *total = &columns->set->total;
	const uint64_t *counters = stats_table(total, table);
	char words[NAME_SIZE];
	unsigned int i;

	columns->title = table->text;
	for (i = 0; i < table->size; i++) {
		if (!counters[i])
			continue;
		stats_words(table, i, words);
		print_line(columns, words, offset_in(total, &counters[i]));
		print_sentence(table, i);
	}
}

static void print_insn(struct columns *columns, unsigned int insn)
{
	const struct stats *total = &columns->set->total;
	char label[NAME_SIZE];
	int result;

	for (result = 0; result < STATS_RESULTS; result++) {
		if (!total->insns[insn][result])
			continue;
		snprintf(label, sizeof(label), "%s %s", stats_insns[insn], stats_results[result]);
		print_line(columns, label, offset_in(total, &total->insns[insn][result]));
	}
}

static void print_insns(struct columns *columns)
{
	unsigned int i;

	columns->title = "VMX instructions of Linux (L1)";
	for (i = 0; i < NESTOR_INSN_NR; i++)
		print_insn(columns, i);
}

static void print_scalars(struct columns *columns)
{
	const struct stats *total = &columns->set->total;
	unsigned int i;

	columns->title = "Other";
	for (i = 0; i <= NESTOR_A_STATS_MAX; i++)
		if (stats_scalars[i].name && total->scalars[i])
			print_line(columns, stats_scalars[i].text,
				   offset_in(total, &total->scalars[i]));
}

static void print_times(struct columns *columns)
{
	const struct stats *total = &columns->set->total;
	char label[NAME_SIZE];
	unsigned int i;

	columns->title = "Time in root mode, TSC ticks from VM exit to VM entry";
	for (i = 0; i < STATS_BUCKETS; i++) {
		if (!total->root_time[i])
			continue;
		snprintf(label, sizeof(label), "%llu and more", 1ULL << i);
		print_line(columns, label, offset_in(total, &total->root_time[i]));
	}
}

static void print_all(const struct info *info, struct columns *columns)
{
	int i;

	printf("nestor %s, %s, %zu CPU%s\n", info->version,
	       info->enabled ? "enabled" : "disabled", columns->set->cpus.nr,
	       columns->set->cpus.nr == 1 ? "" : "s");
	print_heads(columns);
	for (i = 0; i < STATS_TABLES; i++)
		print_table(columns, &stats_tables[i]);
	print_insns(columns);
	print_scalars(columns);
	print_times(columns);
}

void stat_text(const struct info *info, const struct stats_set *set)
{
	struct columns columns = { .set = set, .cpus = set->cpus.nr };

	/* A single CPU is the total. */
	if (set->cpus.nr == 1 || set->cpus.nr > MAX_COLUMNS)
		columns.cpus = 0;
	print_all(info, &columns);
	if (set->cpus.nr > MAX_COLUMNS)
		puts("\nToo many CPUs for a column each: --cpu N shows one, --csv and --json all.");
}

void stat_text_rates(const struct info *info, const struct stats_set *set,
		     const struct stats *before, double seconds)
{
	struct columns columns = { .set = set, .before = before, .seconds = seconds };

	print_all(info, &columns);
}
