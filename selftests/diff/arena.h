/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory that programs run in.
 */
#ifndef DIFF_ARENA_H
#define DIFF_ARENA_H

#include "lhv.h"
#include "arch/types.h"

extern u8 *arena_image;			/* as a program finds it */
extern u64 arena_pa;

/* Without a device only text is made of programs: addresses are those of an arena at 1 GiB. */
void arena_open(bool device);
struct lhv_header *arena_header(void);
bool arena_place(const char *name, u64 *value);

/* Of a physical address; dies if it is not inside. */
u64 arena_offset(u64 pa);
bool arena_has(u64 pa);

void arena_run(const struct lhv_step *steps, size_t nr, unsigned int cpu);
const struct lhv_log *arena_log(size_t *nr);

/* Call @changed (if any) for each word of memory that the last program changed, and put it back. */
void arena_changes(void (*changed)(u64 offset, u64 value, void *data), void *data);

#endif
