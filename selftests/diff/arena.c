// SPDX-License-Identifier: GPL-2.0-only
/*
 * The arena: the memory that programs run in, and the way to run them there.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arena.h"
#include "text.h"

u8 *arena_image;
u64 arena_pa = 0x40000000;

static u8 *arena;
static int device = -1;

void arena_open(bool wanted)
{
	struct lhv_info info;

	arena_image = aligned_alloc(0x1000, LHV_ARENA_SIZE);
	if (!arena_image)
		text_die("no memory");
	if (wanted) {
		device = open(LHV_DEVICE, O_RDWR);
		if (device < 0)
			text_die("%s: %m (insmod lhv.ko)", LHV_DEVICE);
		arena = mmap(NULL, LHV_ARENA_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, device, 0);
		if (arena == MAP_FAILED || ioctl(device, LHV_IOC_INFO, &info))
			text_die("%s: %m", LHV_DEVICE);
		arena_pa = info.arena_pa;
	}
}

u8 *arena_memory(void)
{
	return arena ? arena : arena_image;
}

struct lhv_header *arena_header(void)
{
	return (struct lhv_header *)arena_memory();
}

void arena_fill(u32 offset, u32 len)
{
	memcpy(arena + offset, arena_image + offset, len);
}

bool arena_has(u64 pa)
{
	return pa >= arena_pa && pa < arena_pa + LHV_ARENA_SIZE;
}

u64 arena_offset(u64 pa)
{
	/* The guest's own addresses are taken for what they map to. */
	if (pa < LHV_GUEST_SIZE)
		return LHV_GUEST + pa;
	if (!arena_has(pa))
		text_die("%#llx is no address of the arena", (unsigned long long)pa);
	return pa - arena_pa;
}

/* The arena's offset of what L1 sees at a linear address of its window; 0 where nothing is. */
u64 arena_window_offset(u64 linear)
{
	u64 entry;

	if (linear < LHV_OPERAND_WINDOW || linear >= LHV_OPERAND_WINDOW + LHV_OPERAND_WINDOW_SIZE)
		return 0;
	entry = ((u64 *)(arena_image + LHV_WINDOW_PT))[(linear >> 12) & 511] & GENMASK_ULL(39, 12);
	return arena_has(entry) ? entry - arena_pa + (linear & 0xfff) : 0;
}

void arena_run(const struct lhv_step *steps, size_t nr, unsigned int cpu)
{
	if (device < 0)
		text_die("programs run only where %s is", LHV_DEVICE);
	memcpy(arena + LHV_STEPS, steps, nr * sizeof(*steps));
	if (ioctl(device, LHV_IOC_RUN, (unsigned long)cpu))
		text_die("%s: %m", LHV_DEVICE);
}

const struct lhv_log *arena_log(size_t *nr)
{
	*nr = arena_header()->nr_log;
	return (struct lhv_log *)(arena + LHV_LOG);
}
