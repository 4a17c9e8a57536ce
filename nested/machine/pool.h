/* SPDX-License-Identifier: GPL-2.0-only */
/* A fixed pool of 4-KByte pages, which all EPT tables and VMCSs are made of. It never grows. */
#ifndef NESTED_MACHINE_POOL_H
#define NESTED_MACHINE_POOL_H

#include "arch/types.h"

#define POOL_MAX_RANGES 64

/**
 * struct pool - the pages of a CPU that are not in use, by physical address
 * @free: the first page of a list of pages given back, linked through their first words; 0 ends
 *	the list
 * @range: memory that was never handed out yet
 * @nr_ranges: the number of such ranges
 * @total: number of pages in all
 * @left: number of pages not handed out
 * @reserved: so many of them are kept for callers of pool_take_reserved()
 */
struct pool {
	u64 free;
	struct {
		u64 start;
		u64 end;
	} range[POOL_MAX_RANGES];
	u32 nr_ranges;
	u32 total;
	u32 left;
	u32 reserved;
};

/**
 * pool_add() - give memory to the pool
 * @pool: the pool
 * @start: physical address at which the memory begins, aligned to a page
 * @end: physical address at which it ends
 *
 * Empty memory is ignored, and so is the range after the POOL_MAX_RANGES-th.
 */
void pool_add(struct pool *pool, u64 start, u64 end);

/**
 * pool_get() - take a page of zeros
 * @pool: the pool
 *
 * Return: the page's physical address, or 0 if no page is left but the reserved ones.
 */
u64 pool_get(struct pool *pool);

/**
 * pool_take() - take a page whose contents are undefined
 * @pool: the pool
 *
 * Return: as pool_get().
 */
u64 pool_take(struct pool *pool);

/**
 * pool_take_reserved() - take one of the reserved pages, whose contents are undefined
 * @pool: the pool; there is one reserved page less afterwards
 *
 * Return: the page's physical address, or 0 if no page is left at all.
 */
u64 pool_take_reserved(struct pool *pool);

/**
 * pool_put() - give a page back
 * @pool: the pool
 * @pa: physical address of the page
 */
void pool_put(struct pool *pool, u64 pa);

#endif
