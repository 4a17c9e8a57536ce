// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a program changed in memory: noted after it has run, and put back.
 */
#include <string.h>

#include "arena.h"
#include "changes.h"
#include "lhv.h"

/* Strings may fill all of the large page: more than a log shall hold. */
#define BIG_LOGGED	0x1000

/* Where a program leaves traces; what is in a VMCS region is the processor's own affair. */
static const struct { u32 offset, len; bool logged; } ranges[] = {
	{ LHV_WINDOW_PT, 0x1000, true },
	{ LHV_OPERANDS, 0x6000, true },
	{ LHV_REGIONS, 0x10000, false },
	{ LHV_CONTROL, 0x10000, true },
	{ LHV_EPT, 0x6000, true },
	{ LHV_EPT + 0x8000, 0x5000, true },
	{ LHV_GUEST, LHV_GUEST_SIZE, true },
	{ LHV_BIG, BIG_LOGGED, true },
	{ LHV_BIG + BIG_LOGGED, LHV_BIG_SIZE - BIG_LOGGED, false },
};

/*
 * Nearly all of a program's time was once spent here. Most pages hold nothing but zeros, and nearly none has
 * changed: to see that takes an instruction per vector.
 */
typedef u64 vector __attribute__((vector_size(32)));

__attribute__((target_clones("avx2", "default")))
static bool is_zero(const u8 *page)
{
	const vector *now = (const vector *)page;
	vector any[4] = { 0 };
	size_t i;

	for (i = 0; i < 0x1000 / sizeof(vector); i += 16) {
		any[0] |= now[i] | now[i + 4] | now[i + 8] | now[i + 12];
		any[1] |= now[i + 1] | now[i + 5] | now[i + 9] | now[i + 13];
		any[2] |= now[i + 2] | now[i + 6] | now[i + 10] | now[i + 14];
		any[3] |= now[i + 3] | now[i + 7] | now[i + 11] | now[i + 15];
	}
	any[0] |= any[1] | any[2] | any[3];
	return !(any[0][0] | any[0][1] | any[0][2] | any[0][3]);
}

static bool page_is_same(u32 at)
{
	static enum { UNKNOWN, ZERO, FILLED } kinds[LHV_ARENA_SIZE / 0x1000];

	/* The image does not change any more. */
	if (!kinds[at / 0x1000])
		kinds[at / 0x1000] = is_zero(arena_image + at) ? ZERO : FILLED;
	return kinds[at / 0x1000] == ZERO ? is_zero(arena_memory() + at) :
					    !memcmp(arena_memory() + at, arena_image + at, 0x1000);
}

static void restore_page(u32 offset, void (*changed)(u64 offset, u64 value, void *data), void *data)
{
	u64 *now = (u64 *)(arena_memory() + offset);
	const u64 *was = (const u64 *)(arena_image + offset);
	u32 at;

	if (!changed) {
		memcpy(now, was, 0x1000);
		return;
	}
	for (at = 0; at < 0x1000 / 8; at++) {
		if (now[at] == was[at])
			continue;
		changed(offset + at * 8, now[at], data);
		now[at] = was[at];
	}
}

void changes_take(void (*changed)(u64 offset, u64 value, void *data), void *data)
{
	size_t i;
	u32 at;

	for (i = 0; i < ARRAY_SIZE(ranges); i++)
		for (at = ranges[i].offset; at < ranges[i].offset + ranges[i].len; at += 0x1000)
			if (!page_is_same(at))
				restore_page(at, ranges[i].logged ? changed : NULL, data);
}
