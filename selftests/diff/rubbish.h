/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rubbish for hostile programs: addresses that they must not have, and anything else anywhere.
 */
#ifndef DIFF_RUBBISH_H
#define DIFF_RUBBISH_H

#include "draft.h"
#include "lhv.h"

/**
 * struct rubbish_world - what there is on this machine to name
 * @arenas: physical addresses of all arenas, that of the programs first
 * @nr_arenas: how many there are
 * @hidden: physical addresses of blocks of 2 MiB that Nestor hides
 * @nr_hidden: how many are known
 * @ram_end: where RAM ends, rounded up to 1 GiB
 * @inits: programs send INITs to all other CPUs: Linux may lose them
 */
struct rubbish_world {
	u64 arenas[LHV_MAX_ARENAS];
	u32 nr_arenas;
	u64 hidden[LHV_MAX_OPEN];
	u32 nr_hidden;
	u64 ram_end;
	bool inits;
};

extern struct rubbish_world rubbish_world;

/* Returns a page of which a guest may have the run: hidden, no RAM, or an arena's. */
u64 rubbish_page(void);

/* Returns the offset in an arena of an entry of its EPTs, and its level. */
u64 rubbish_ept_place(u32 *level);

/* Returns an entry of a level of an EPT, an EPT pointer. */
u64 rubbish_ept_entry(u32 level);
u64 rubbish_eptp(void);

/* Returns an address of a region as VMPTRLD and others take it, of any arena or none. */
u64 rubbish_region(void);

/* Put one piece of rubbish into what the next entry depends on. */
void rubbish_add(struct draft *to);

#endif
