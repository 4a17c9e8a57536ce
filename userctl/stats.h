/* SPDX-License-Identifier: GPL-2.0-only */
/* The counters of one CPU, or of all, as the module tells them. */
#ifndef STATS_H
#define STATS_H

#include <stdint.h>
#include "family.h"
#include "list.h"

/*
 * Each table has this much room; the module of this family version uses less. The last place of a
 * table that counts by number is for all other numbers.
 */
#define STATS_REASONS (128 + 1)
#define STATS_ERRORS (64 + 1)
#define STATS_CHECKS (256 + 1)
#define STATS_BUCKETS 64

/*
 * VMX instructions are counted by result; stats_results[] has the results' names in every output.
 */
enum stats_result {
	STATS_SUCCEED,
	STATS_FAIL_INVALID,
	STATS_FAIL_VALID,
	STATS_FAULT,
	STATS_RESULTS
};

/**
 * struct stats - the counters of one CPU, or a sum
 * @cpu: the CPU
 * @l1_exits: by basic exit reason, as @l2_own and @l2_reflected
 * @insns: by enum nestor_insn and result
 * @vm_errors: by VM-instruction error number
 * @entry_checks: by the check that refused a VM entry
 * @root_time: by power of two of TSC ticks
 * @scalars: by enum nestor_attr_stats, where stats_scalars[] has a name
 */
struct stats {
	uint32_t cpu;
	uint64_t l1_exits[STATS_REASONS];
	uint64_t l2_own[STATS_REASONS];
	uint64_t l2_reflected[STATS_REASONS];
	uint64_t insns[NESTOR_INSN_NR][STATS_RESULTS];
	uint64_t vm_errors[STATS_ERRORS];
	uint64_t entry_checks[STATS_CHECKS];
	uint64_t root_time[STATS_BUCKETS];
	uint64_t scalars[NESTOR_A_STATS_MAX + 1];
};

/**
 * struct stats_scalar - one counter that stands alone
 * @name: in JSON and the other outputs for programs
 * @text: for people
 */
struct stats_scalar {
	const char *name;
	const char *text;
};

/**
 * struct stats_table - one of the tables in struct stats
 * @name: in JSON and the other outputs for programs
 * @label: what the numbers are counted by, there
 * @text: for people
 * @size: how many numbers it has; the last is for all that the others are not for
 * @offset: where it is in struct stats
 * @attr: the attribute that tells one number of it
 * @key: names the number at an index, if it is not the last, for programs, in a buffer of NAME_SIZE
 * @words: names it for people
 * @sentence: says more of it, in a line of its own; may be NULL
 */
struct stats_table {
	const char *name;
	const char *label;
	const char *text;
	size_t size;
	size_t offset;
	int attr;
	void (*key)(char *buffer, unsigned int index);
	void (*words)(char *buffer, unsigned int index);
	const char *(*sentence)(unsigned int index);
};

enum {
	STATS_L1_EXITS,
	STATS_L2_OWN,
	STATS_L2_REFLECTED,
	STATS_VM_ERRORS,
	STATS_ENTRY_CHECKS,
	STATS_TABLES
};

extern const struct stats_table stats_tables[STATS_TABLES];
extern const struct stats_scalar stats_scalars[NESTOR_A_STATS_MAX + 1];
extern const char *const stats_insns[NESTOR_INSN_NR];
extern const char *const stats_results[STATS_RESULTS];

/**
 * struct stats_set - what one dump gave
 * @cpus: struct stats, a record for each CPU
 * @total: their sum
 */
struct stats_set {
	struct list cpus;
	struct stats total;
};

/**
 * stats_read() - ask the module for its counters
 * @family: an open connection
 * @cpu: one CPU, or -1 for all
 * @set: the answer, which stats_free() frees
 *
 * Return: 0, or CTL_FAILED when the user was told why not.
 */
int stats_read(struct family *family, long cpu, struct stats_set *set);

/* Frees what stats_read() has allocated. */
void stats_free(struct stats_set *set);

/* Return: the counters of the CPU at a place in the answer. */
static inline const struct stats *stats_of(const struct stats_set *set, size_t i)
{
	return (const struct stats *)set->cpus.records + i;
}

/* Return: the numbers of a table. */
static inline const uint64_t *stats_table(const struct stats *stats,
					  const struct stats_table *table)
{
	return (const uint64_t *)((const char *)stats + table->offset);
}

/*
 * Return: the number of buckets to show. The histogram ends with the last bucket in use, but has at
 * least 32, so that columns stay where they are.
 */
unsigned int stats_buckets(const struct stats *stats);

/* Did L1 execute the VMX instruction, with whatever result? */
bool stats_insn_used(const struct stats *stats, unsigned int insn);

/* Subtract @before from @after, counter by counter. */
void stats_subtract(struct stats *after, const struct stats *before);

/* Names a number of a table for programs, in a buffer of NAME_SIZE. */
void stats_key(const struct stats_table *table, unsigned int index, char *buffer);

/* Names it for people. */
void stats_words(const struct stats_table *table, unsigned int index, char *buffer);

/*
 * Add the attributes of type @type in @nest, each an index and a value, to @table. Its last number
 * is for every index that it has no room for, NESTOR_COUNT_OTHER among them.
 */
void stats_read_counts(uint64_t *table, size_t size, const struct nlattr *nest, int type);

#endif
