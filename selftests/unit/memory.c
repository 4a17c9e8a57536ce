// SPDX-License-Identifier: GPL-2.0-only
/* Physical memory of a machine that exists in arrays only. */
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "memory.h"

struct memory memory;
void (*memory_before_cmpxchg)(u64 pa);

void memory_reset(void)
{
	memset(&memory, 0, sizeof(memory));
	memory_before_cmpxchg = NULL;
}

void memory_add(u64 pa)
{
	if (memory.nr == MEMORY_MAX_FRAMES || pa % MEMORY_FRAME_SIZE)
		abort();
	memory.frames[memory.nr++].pa = pa;
}

u8 *memory_at(struct memory *mem, u64 pa)
{
	unsigned int i;

	for (i = 0; i < mem->nr; i++) {
		if (mem->frames[i].pa == (pa & ~(u64)(MEMORY_FRAME_SIZE - 1)))
			return &mem->frames[i].data[pa % MEMORY_FRAME_SIZE];
	}
	return NULL;
}

u8 *machine_memory(u64 pa, bool write)
{
	(void)write;
	return memory_at(&memory, pa);
}

/* A test that sets up memory that it does not have is wrong. */
static u8 *memory_must(u64 pa)
{
	u8 *at = memory_at(&memory, pa);

	if (!at)
		abort();
	return at;
}

u64 memory_get64(u64 pa)
{
	u64 value;

	memcpy(&value, memory_must(pa), sizeof(value));
	return value;
}

u32 memory_get32(u64 pa)
{
	u32 value;

	memcpy(&value, memory_must(pa), sizeof(value));
	return value;
}

void memory_set64(u64 pa, u64 value)
{
	memcpy(memory_must(pa), &value, sizeof(value));
}

void memory_set32(u64 pa, u32 value)
{
	memcpy(memory_must(pa), &value, sizeof(value));
}
