// SPDX-License-Identifier: GPL-2.0-only
/* A fixed pool of 4-KByte pages. Pages that were given back are used before pages that are new. */
#include "arch/x86.h"
#include "machine/contract.h"
#include "machine/pool.h"

void pool_add(struct pool *pool, u64 start, u64 end)
{
	if (pool->nr_ranges == POOL_MAX_RANGES || start >= end)
		return;
	pool->range[pool->nr_ranges].start = start;
	pool->range[pool->nr_ranges].end = end;
	pool->nr_ranges++;
	pool->total += (end - start) / PAGE_4K_SIZE;
	pool->left += (end - start) / PAGE_4K_SIZE;
}

static u64 take_fresh(struct pool *pool)
{
	u64 pa;

	while (pool->nr_ranges) {
		pa = pool->range[pool->nr_ranges - 1].start;
		if (pa < pool->range[pool->nr_ranges - 1].end) {
			pool->range[pool->nr_ranges - 1].start += PAGE_4K_SIZE;
			return pa;
		}
		pool->nr_ranges--;
	}
	return 0;
}

static u64 take(struct pool *pool)
{
	u64 pa = pool->free;

	if (pa)
		pool->free = *(u64 *)m_va(pa);
	else
		pa = take_fresh(pool);
	if (!pa)
		return 0;
	pool->left--;
	return pa;
}

u64 pool_take(struct pool *pool)
{
	return pool->left > pool->reserved ? take(pool) : 0;
}

u64 pool_take_reserved(struct pool *pool)
{
	if (pool->reserved)
		pool->reserved--;
	return take(pool);
}

u64 pool_get(struct pool *pool)
{
	u64 pa = pool_take(pool);

	if (pa)
		__builtin_memset(m_va(pa), 0, PAGE_4K_SIZE);
	return pa;
}

void pool_put(struct pool *pool, u64 pa)
{
	*(u64 *)m_va(pa) = pool->free;
	pool->free = pa;
	pool->left++;
}
