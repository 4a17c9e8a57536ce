// SPDX-License-Identifier: GPL-2.0-only
/* Memory types by the MTRRs, and what is memory by them. */
#include <string.h>

#include "arch/x86.h"
#include "unit.h"
#include "mtrr.h"

#define MASK(size) (GENMASK_ULL(38, 12) & ~((size)-1))
#define MIB(n)	   ((u64)(n) << 20)
#define GIB(n)	   ((u64)(n) << 30)

static struct mtrrs mtrrs;

static void begin(u8 def_type)
{
	memset(&mtrrs, 0, sizeof(mtrrs));
	mtrrs.valid = true;
	mtrrs.enabled = true;
	mtrrs.def_type = def_type;
}

static void range(u64 base, u64 size, u8 type)
{
	mtrrs.variable[mtrrs.nr_variable].base = base;
	mtrrs.variable[mtrrs.nr_variable].mask = MASK(size);
	mtrrs.variable[mtrrs.nr_variable++].type = type;
}

/* 640 KiB of memory, the VGA's, and ROM, as firmware sets them up. */
static void fixed_ranges(void)
{
	unsigned int i;

	mtrrs.fixed_enabled = true;
	for (i = 0; i < 88; i++) {
		u64 type = i < 16 ? MEM_TYPE_WB : i < 24 ? MEM_TYPE_UC : MEM_TYPE_WP;

		mtrrs.fixed[i / 8] |= type << (i % 8 * 8);
	}
}

static bool is_memory(u64 pa)
{
	return mtrr_is_memory(&mtrrs, pa & ~(u64)PAGE_4K_MASK, PAGE_4K_SIZE);
}

static void memory_of_a_machine(void)
{
	begin(MEM_TYPE_UC);
	fixed_ranges();
	range(0, GIB(2), MEM_TYPE_WB);
	range(GIB(4), GIB(4), MEM_TYPE_WB);
	range(GIB(8), MIB(512), MEM_TYPE_WT);
	CHECK(is_memory(0));
	CHECK(is_memory(0x9ffff));
	CHECK(!is_memory(0xa0000));
	CHECK(!is_memory(0xbfff8));
	CHECK(is_memory(0xf0008));
	CHECK(is_memory(MIB(1)));
	CHECK(is_memory(GIB(2) - 8));
	CHECK(!is_memory(GIB(2)));
	CHECK(!is_memory(0xfed00000));
	CHECK(!is_memory(0xfee00000));
	CHECK(is_memory(GIB(4)));
	CHECK(is_memory(GIB(8)));
	CHECK(!is_memory(GIB(8) + MIB(512)));
	CHECK(!mtrr_is_memory(&mtrrs, 0, MIB(2)));
	CHECK(mtrr_is_memory(&mtrrs, MIB(2), MIB(2)));
	CHECK(!mtrr_is_memory(&mtrrs, GIB(8), GIB(1)));
}

static void devices_are_cut_out(void)
{
	begin(MEM_TYPE_WB);
	range(GIB(3), GIB(1), MEM_TYPE_UC);
	range(GIB(16), MIB(256), 1);
	CHECK(is_memory(GIB(3) - 4096));
	CHECK(!is_memory(GIB(3)));
	CHECK(!is_memory(0xfee00ff8));
	CHECK(is_memory(GIB(4)));
	CHECK(!is_memory(GIB(16) + MIB(1)));
	CHECK(is_memory(GIB(64)));
}

static void where_ranges_overlap_uc_wins(void)
{
	begin(MEM_TYPE_UC);
	range(0, GIB(4), MEM_TYPE_WB);
	range(GIB(3), GIB(1), MEM_TYPE_UC);
	CHECK(is_memory(GIB(3) - 4096));
	CHECK(!is_memory(GIB(3)));
}

static void disabled_and_blank_mtrrs_tell_nothing(void)
{
	begin(MEM_TYPE_UC);
	CHECK(is_memory(GIB(1)));
	range(0, GIB(1), MEM_TYPE_WB);
	CHECK(!is_memory(GIB(1)));
	mtrrs.enabled = false;
	CHECK_EQ(mtrr_type(&mtrrs, GIB(1), 4096), MEM_TYPE_UC);
	CHECK(is_memory(GIB(1)));
}

/* A range that has one type has it on each page. */
static void large_pages_have_one_type(void)
{
	static const u8 types[] = { MEM_TYPE_UC, 1, MEM_TYPE_WT, MEM_TYPE_WP, MEM_TYPE_WB };
	unsigned int round, i;

	for (round = 0; round < 2000; round++) {
		u64 block = MIB(2) * unit_random_below(2048);
		u8 type;

		begin(types[unit_random_below(ARRAY_SIZE(types))]);
		if (one_in(2))
			fixed_ranges();
		for (i = unit_random_below(5); i; i--) {
			u64 size = 4096ull << unit_random_below(20);

			range(unit_random_below(GIB(8)) & MASK(size), size,
			      types[unit_random_below(ARRAY_SIZE(types))]);
		}
		if (one_in(2) && mtrrs.nr_variable)
			block = mtrrs.variable[0].base & ~(MIB(2) - 1);
		type = mtrr_type(&mtrrs, block, MIB(2));
		for (i = 0; type != MTRR_MIXED && i < 512; i++)
			CHECK_EQ(mtrr_type(&mtrrs, block + i * 4096, 4096), type);
	}
}

static const struct unit_test tests[] = {
	TEST(memory_of_a_machine),	    TEST(devices_are_cut_out),
	TEST(where_ranges_overlap_uc_wins), TEST(disabled_and_blank_mtrrs_tell_nothing),
	TEST(large_pages_have_one_type),
};

UNIT_MAIN(tests)
