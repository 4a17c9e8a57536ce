/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The arena: the memory that programs run in, and the way to run them there.
 */
#ifndef DIFF_ARENA_H
#define DIFF_ARENA_H

#include "lhv.h"
#include "arch/types.h"

extern u8 *arena_image;			/* as a program finds it */
extern u64 arena_pa;

/* Without a device only text is made of programs: addresses are those of an arena at 1 GiB. */
void arena_open(bool wanted);

/* Another than the first is wanted; to be said before arena_open(). */
void arena_use(unsigned int number);

/* Map any of them, and tell its address. NULL if there is none of this number. */
u8 *arena_map(unsigned int number, u64 *pa);

/* What is there as the last program left it; where there is no device, the image. */
u8 *arena_memory(void);
struct lhv_header *arena_header(void);

/* Let a part of it be as in the image. */
void arena_fill(u32 offset, u32 len);

bool arena_has(u64 pa);

/* Returns the offset of a physical address; one that is not inside is the end. */
u64 arena_offset(u64 pa);

/* Returns the offset of what L1 sees at a linear address of its window; 0 where nothing is. */
u64 arena_window_offset(u64 linear);

void arena_run(const struct lhv_step *steps, size_t nr, unsigned int cpu);
const struct lhv_log *arena_log(size_t *nr);

#endif
