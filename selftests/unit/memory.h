/* SPDX-License-Identifier: GPL-2.0-only */
/* Physical memory of a machine that exists in arrays only. */
#ifndef MEMORY_H
#define MEMORY_H

#include "arch/types.h"

#define MEMORY_FRAME_SIZE	4096u
#define MEMORY_MAX_FRAMES	32

struct memory_frame {
	u64 pa;
	u8 data[MEMORY_FRAME_SIZE] __attribute__((aligned(8)));
};

/* All of it, so that a test can copy and compare it. */
struct memory {
	unsigned int nr;
	struct memory_frame frames[MEMORY_MAX_FRAMES];
};

extern struct memory memory;

/* Called before each compare-exchange, as another processor might come in between; may be NULL. */
extern void (*memory_before_cmpxchg)(u64 pa);

/* Forget all frames. */
void memory_reset(void);

/* Have a frame of zeros at a page-aligned address. */
void memory_add(u64 pa);

/* The byte at an address; NULL where there is no memory. */
u8 *memory_at(struct memory *mem, u64 pa);

u64 memory_get64(u64 pa);
u32 memory_get32(u64 pa);
void memory_set64(u64 pa, u64 value);
void memory_set32(u64 pa, u32 value);

#endif
