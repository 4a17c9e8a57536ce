// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzz the page walk: any state, any tables, against the model. The input is
 * the mode, the processor's state, a linear address and the tables' entries;
 * where it ends, zeros follow.
 */
#include <stdlib.h>
#include <string.h>

#include "random_walk.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static const u8 *input;
static size_t left;

static void take(void *to, size_t len)
{
	const size_t have = len < left ? len : left;

	memset(to, 0, len);
	memcpy(to, input, have);
	input += have;
	left -= have;
}

static u64 take64(void)
{
	u64 value;

	take(&value, sizeof(value));
	return value;
}

#define NR_TABLES	5
#define TABLE(n)	(0x1000ULL * ((n) + 1))

/* Which entry of which table, and what stands there; its address mostly names a table. */
static void place_entries(void)
{
	u64 entry, place;

	while (left) {
		place = take64();
		entry = take64();
		if (!(place & BIT_ULL(63)))
			entry = (entry & ~GENMASK_ULL(31, 12)) | TABLE((entry >> 12) % NR_TABLES);
		memory_set64(TABLE(place % NR_TABLES) + (place >> 8) % 512 * 8, entry);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct random_access what;
	enum paging_mode mode;
	struct compared c;
	struct walk_ctx ctx;
	unsigned int i;

	input = data;
	left = size;
	memory_reset();
	for (i = 0; i < NR_TABLES; i++)
		memory_add(TABLE(i));

	mode = (enum paging_mode)(take64() % NR_MODES);
	ctx = random_ctx(mode, take64);
	ctx.cr3 = TABLE(take64() % NR_TABLES);
	for (i = 0; i < 4; i++)
		ctx.pdpte[i] = TABLE(i) | (take64() & 1);
	what = random_access(mode, take64);
	place_entries();

	/* Twice: the second walk finds accessed and dirty flags set. */
	for (i = 0; i < 2; i++) {
		c = compare_walks(&ctx, &what);
		if (!compared_equal(&c))
			abort();
	}
	return 0;
}
