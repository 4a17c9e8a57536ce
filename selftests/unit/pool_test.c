// SPDX-License-Identifier: GPL-2.0-only
/* The pool of pages: ranges, giving back, the end. */
#include <string.h>

#include "arch/x86.h"
#include "machine/pool.h"
#include "ram.h"
#include "unit.h"

#define START	RAM_HIDDEN

static struct pool pool;

static void every_page_once(void)
{
	bool seen[8] = {};
	unsigned int i;
	u64 pa;

	memset(&pool, 0, sizeof(pool));
	pool_add(&pool, START, START + 3 * PAGE_4K_SIZE);
	pool_add(&pool, START + 4 * PAGE_4K_SIZE, START + 4 * PAGE_4K_SIZE);
	pool_add(&pool, START + 5 * PAGE_4K_SIZE, START + 8 * PAGE_4K_SIZE);
	CHECK_EQ(pool.total, 6);
	for (i = 0; i < 6; i++) {
		pa = pool_get(&pool);
		CHECK(pa >= START && pa < START + 8 * PAGE_4K_SIZE);
		CHECK(!seen[(pa - START) / PAGE_4K_SIZE]);
		seen[(pa - START) / PAGE_4K_SIZE] = true;
		CHECK_EQ(pool.left, 5 - i);
	}
	CHECK(!seen[3] && !seen[4]);
	CHECK_EQ(pool_get(&pool), 0);
	CHECK_EQ(pool.left, 0);
}

static void pages_come_back_as_zeros(void)
{
	unsigned int i;
	u64 pa;

	memset(&pool, 0, sizeof(pool));
	pool_add(&pool, START, START + PAGE_4K_SIZE);
	pa = pool_get(&pool);
	memset(ram_own(pa), 0xff, PAGE_4K_SIZE);
	pool_put(&pool, pa);
	CHECK_EQ(pool.left, 1);
	CHECK_EQ(pool_get(&pool), pa);
	for (i = 0; i < PAGE_4K_SIZE; i++)
		CHECK_EQ(ram_own(pa)[i], 0);
}

static void more_ranges_than_it_can_hold(void)
{
	unsigned int i;

	memset(&pool, 0, sizeof(pool));
	for (i = 0; i < POOL_MAX_RANGES + 3; i++)
		pool_add(&pool, START + 2 * i * PAGE_4K_SIZE, START + (2 * i + 1) * PAGE_4K_SIZE);
	CHECK_EQ(pool.total, POOL_MAX_RANGES);
	for (i = 0; i < POOL_MAX_RANGES; i++)
		CHECK(pool_get(&pool));
	CHECK_EQ(pool_get(&pool), 0);
}

static const struct unit_test tests[] = {
	TEST(every_page_once),
	TEST(pages_come_back_as_zeros),
	TEST(more_ranges_than_it_can_hold),
};

UNIT_MAIN(tests)
