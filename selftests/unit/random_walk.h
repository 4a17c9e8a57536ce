/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page tables and processor states made from a source of numbers: a
 * pseudo-random one in the tests, the fuzzer's input in the fuzzer.
 */
#ifndef RANDOM_WALK_H
#define RANDOM_WALK_H

#include "memory.h"
#include "l1/walk.h"

enum paging_mode { MODE_NONE, MODE_32BIT, MODE_PAE, MODE_4LEVEL, MODE_5LEVEL, NR_MODES };

extern const char *const paging_mode_names[NR_MODES];

/* A linear address, and what is done there. */
struct random_access {
	u64 linear;
	unsigned int access;
};

/* Fill all of memory with tables whose entries mostly point to each other. */
void random_tables(enum paging_mode mode, u64 (*next)(void));

/* A state in which @mode is on; everything else is left to chance. */
struct walk_ctx random_ctx(enum paging_mode mode, u64 (*next)(void));

struct random_access random_access(enum paging_mode mode, u64 (*next)(void));

/* Walk once with the code and once with the model, in equal memories. */
struct compared {
	int result;
	int expected;
	u64 phys;
	u64 expected_phys;
	struct fault fault;
	struct fault expected_fault;
	bool same_memory;
};

struct compared compare_walks(const struct walk_ctx *ctx, const struct random_access *what);

/* Did both come to the same? */
bool compared_equal(const struct compared *c);

#endif
