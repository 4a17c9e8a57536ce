/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Physical memory of the model machine: a few blocks of 2 MiB, some of them L1's, some Nestor's own
 * and hidden; everything else is no memory.
 *
 * It stands in for memory.c, whose few frames are made to be copied and compared.
 */
#ifndef RAM_H
#define RAM_H

#include "arch/types.h"

#define RAM_BLOCK_SIZE	(2ull << 20)

/* Where L1 has memory; the last is beyond 4 GBytes. */
#define RAM_LOW		0ull
#define RAM_LOW_END	0x400000ull
#define RAM_ABOVE	0x800000ull
#define RAM_HIGH	0x100000000ull

/* Nestor's, between two blocks of L1's */
#define RAM_HIDDEN	0x400000ull
#define RAM_HIDDEN_END	0x800000ull

/* Nothing answers here. */
#define RAM_HOLE	0x40000000ull

/* All zeros again. */
void ram_reset(void);

/* L1's view of a byte; NULL for what is hidden or no memory. */
u8 *ram_at(u64 pa);

/* As ram_at(), of memory that will be written. */
u8 *ram_write_at(u64 pa);

/* A byte of Nestor's own memory; root that asks for another is broken. */
u8 *ram_own(u64 pa);

bool ram_hidden(u64 pa);

/*
 * Let more addresses be hidden, where there is no memory to look at; and is any address of a range
 * hidden?
 */
void ram_hide(u64 start, u64 end);
bool ram_any_hidden(u64 start, u64 end);

/* Called before each compare-exchange, as another processor might come in between; may be NULL. */
extern void (*memory_before_cmpxchg)(u64 pa);

u64 ram_get64(u64 pa);
void ram_set64(u64 pa, u64 value);
u32 ram_get32(u64 pa);
void ram_set32(u64 pa, u32 value);

/* A number that changes with the contents of L1's memory from @pa on. */
u64 ram_sum(u64 pa, u64 len);

#endif
