/* SPDX-License-Identifier: GPL-2.0-only */
/* Root's memory comes in blocks, and is carved from them piece by piece. */
#ifndef NESTOR_CARVE_H
#define NESTOR_CARVE_H

#include <linux/mm_types.h>
#include <linux/types.h>

/**
 * struct carve - blocks, and how much of the last one is taken
 * @blocks: where they are noted
 * @nr: how many there are
 * @max: there will be no more of them
 * @used: bytes of the last one that are taken
 */
struct carve {
	struct page **blocks;
	unsigned int *nr;
	unsigned int max;
	size_t used;
};

/**
 * carve_begin() - begin without a block
 * @blocks: where blocks will be noted
 * @nr: their number, which becomes 0
 * @max: how many there may be
 *
 * Return: what carve() wants.
 */
struct carve carve_begin(struct page **blocks, unsigned int *nr, unsigned int max);

/**
 * carve() - take a piece of zeroed memory, in a new block if the last one has no room for it
 * @c: where to take it from
 * @size: bytes; a piece has whole pages
 *
 * No piece is freed by itself.
 *
 * Return: the piece, or NULL.
 */
void *carve(struct carve *c, size_t size);

/**
 * carve_aligned() - take a piece whose address is a multiple of its size
 * @c: where to take it from
 * @size: bytes, a power of two of at least a page
 *
 * Return: as carve().
 */
void *carve_aligned(struct carve *c, size_t size);

/* Take blocks until there are @max. Returns 0 or -ENOMEM. */
int carve_rest(struct carve *c, unsigned int max);

/* Free all blocks. */
void carve_free(struct page **blocks, unsigned int *nr);

#endif
