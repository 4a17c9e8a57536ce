/* SPDX-License-Identifier: GPL-2.0-only */
/* A fixed pool of 4-KByte pages: all that EPT tables and VMCSs are made of. It never grows. */
#ifndef NESTED_MACHINE_POOL_H
#define NESTED_MACHINE_POOL_H

#include "arch/types.h"

#define POOL_MAX_RANGES 64

/**
 * struct pool - pages by physical address
 * @free: first of a list of pages given back, linked through their first words; 0 ends it
 * @range: memory never handed out yet
 * @nr_ranges: how many of them
 * @total: pages in all
 * @left: pages not handed out
 * @reserved: as many of them are kept for those who ask with pool_take_reserved()
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

void pool_add(struct pool *pool, u64 start, u64 end);

/**
 * pool_get() - take a page
 * @pool: the pool
 *
 * Return: physical address of a page of zeros, or 0.
 */
u64 pool_get(struct pool *pool);

/* As pool_get(), for who fills the page: it may hold anything. */
u64 pool_take(struct pool *pool);
u64 pool_take_reserved(struct pool *pool);
void pool_put(struct pool *pool, u64 pa);

#endif
