// SPDX-License-Identifier: GPL-2.0-only
/* Blocks of ROOT_BLOCK_SIZE, and pieces of them. */
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include "carve.h"
#include "root/abi.h"

#define BLOCK_ORDER (ROOT_BLOCK_SHIFT - PAGE_SHIFT)

static bool next_block(struct carve *c)
{
	struct page *block;

	if (*c->nr >= c->max)
		return false;
	block = alloc_pages(GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN, BLOCK_ORDER);
	if (!block)
		return false;
	c->blocks[(*c->nr)++] = block;
	c->used = 0;
	return true;
}

struct carve carve_begin(struct page **blocks, unsigned int *nr, unsigned int max)
{
	*nr = 0;
	return (struct carve){ .blocks = blocks, .nr = nr, .max = max, .used = ROOT_BLOCK_SIZE };
}

void *carve(struct carve *c, size_t size)
{
	void *piece;

	size = PAGE_ALIGN(size);
	if (size > ROOT_BLOCK_SIZE || (c->used + size > ROOT_BLOCK_SIZE && !next_block(c)))
		return NULL;
	piece = page_address(c->blocks[*c->nr - 1]) + c->used;
	c->used += size;
	return piece;
}

void *carve_aligned(struct carve *c, size_t size)
{
	c->used = ALIGN(c->used, size);
	return carve(c, size);
}

int carve_rest(struct carve *c, unsigned int max)
{
	c->max = max;
	while (*c->nr < max) {
		if (!next_block(c))
			return -ENOMEM;
	}
	return 0;
}

void carve_free(struct page **blocks, unsigned int *nr)
{
	while (*nr)
		__free_pages(blocks[--*nr], BLOCK_ORDER);
}
