// SPDX-License-Identifier: GPL-2.0-only
/* Physical memory of the model machine. */
#include <string.h>

#include "broken.h"
#include "machine.h"
#include "ram.h"

#define PAGE_SIZE	4096u
#define BLOCK_PAGES	(RAM_BLOCK_SIZE / PAGE_SIZE)

/* In the order of their addresses. */
static const struct {
	u64 start;
	bool hidden;
} blocks[] = {
	{ RAM_LOW, false },
	{ RAM_LOW + RAM_BLOCK_SIZE, false },
	{ RAM_HIDDEN, true },
	{ RAM_HIDDEN + RAM_BLOCK_SIZE, true },
	{ RAM_ABOVE, false },
	{ RAM_HIGH, false },
};

static u8 ram[ARRAY_SIZE(blocks)][RAM_BLOCK_SIZE] __attribute__((aligned(4096)));
static bool dirty[ARRAY_SIZE(blocks)][BLOCK_PAGES];

void (*memory_before_cmpxchg)(u64 pa);

static struct {
	u64 start;
	u64 end;
} hidden_too;

void ram_reset(void)
{
	unsigned int block, page;

	ram_hide(0, 0);
	memory_before_cmpxchg = NULL;
	for (block = 0; block < ARRAY_SIZE(blocks); block++) {
		for (page = 0; page < BLOCK_PAGES; page++) {
			if (dirty[block][page])
				memset(&ram[block][page * PAGE_SIZE], 0, PAGE_SIZE);
		}
	}
	memset(dirty, 0, sizeof(dirty));
}

static int find_block(u64 pa)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(blocks); i++) {
		if ((pa & ~(RAM_BLOCK_SIZE - 1)) == blocks[i].start)
			return (int)i;
	}
	return -1;
}

void ram_hide(u64 start, u64 end)
{
	hidden_too.start = start;
	hidden_too.end = end;
}

bool ram_any_hidden(u64 start, u64 end)
{
	return (start < RAM_HIDDEN_END && end > RAM_HIDDEN) ||
	       (start < hidden_too.end && end > hidden_too.start);
}

bool ram_hidden(u64 pa)
{
	return ram_any_hidden(pa, pa + 1);
}

u8 *ram_at(u64 pa)
{
	int block = find_block(pa);

	return block < 0 || blocks[block].hidden ? NULL : &ram[block][pa % RAM_BLOCK_SIZE];
}

u8 *ram_write_at(u64 pa)
{
	u8 *at = ram_at(pa);

	if (at)
		dirty[find_block(pa)][pa % RAM_BLOCK_SIZE / PAGE_SIZE] = true;
	return at;
}

u8 *machine_memory(u64 pa, bool write)
{
	return write ? ram_write_at(pa) : ram_at(pa);
}

u8 *ram_own(u64 pa)
{
	if (!ram_hidden(pa) || find_block(pa) < 0)
		broken("root takes %#llx for its own memory", pa);
	return &ram[find_block(pa)][pa % RAM_BLOCK_SIZE];
}

static u8 *must(u64 pa)
{
	u8 *at = ram_write_at(pa);

	if (!at)
		broken("a test uses %#llx, which is not L1's memory", pa);
	return at;
}

u64 ram_get64(u64 pa)
{
	u64 value;

	memcpy(&value, must(pa), sizeof(value));
	return value;
}

void ram_set64(u64 pa, u64 value)
{
	memcpy(must(pa), &value, sizeof(value));
}

u32 ram_get32(u64 pa)
{
	u32 value;

	memcpy(&value, must(pa), sizeof(value));
	return value;
}

void ram_set32(u64 pa, u32 value)
{
	memcpy(must(pa), &value, sizeof(value));
}

u64 ram_sum(u64 pa, u64 len)
{
	u64 sum = 0xcbf29ce484222325ull, value, at;

	for (at = 0; at < len; at += sizeof(value)) {
		memcpy(&value, must(pa + at), sizeof(value));
		sum = (sum ^ value) * 0x100000001b3ull;
	}
	return sum;
}
