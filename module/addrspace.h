/* SPDX-License-Identifier: GPL-2.0-only */
/* Root's page tables. */
#ifndef NESTOR_ADDRSPACE_H
#define NESTOR_ADDRSPACE_H

#include <linux/types.h>

struct carve;
struct root_header;

/**
 * struct addrspace - root's page tables
 * @cr3: their physical address
 * @reach: where the map of physical memory ends
 */
struct addrspace {
	u64 cr3;
	u64 reach;
};

/**
 * addrspace_build() - map the image, and physical memory
 * @as: filled
 * @c: what tables are carved from. They take the rest of its last block, and more blocks only for
 *	memory that is there.
 * @image: the image's copy, whose header is its beginning
 * @ram_end: the end of RAM, a multiple of 1 GiB
 *
 * Return: 0, -ENOMEM, or -E2BIG if there is RAM where root's map cannot reach.
 */
int addrspace_build(struct addrspace *as, struct carve *c, void *image, u64 ram_end);

#endif
