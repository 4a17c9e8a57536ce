// SPDX-License-Identifier: GPL-2.0-only
/*
 * The arena: the memory that programs run in, and the way to run them there.
 */
#include <fcntl.h>
#include <stdio.h>
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
static unsigned int own;

static int open_device(unsigned int number)
{
	char path[32] = LHV_DEVICE;

	if (number)
		snprintf(path, sizeof(path), "%s%u", LHV_DEVICE, number);
	return open(path, O_RDWR);
}

void arena_use(unsigned int number)
{
	own = number;
}

u8 *arena_map(unsigned int number, u64 *pa)
{
	struct lhv_info info;
	int fd = open_device(number);
	u8 *memory;

	if (fd < 0)
		return NULL;
	memory = mmap(NULL, LHV_ARENA_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED || ioctl(fd, LHV_IOC_INFO, &info))
		text_die("%s%u: %m", LHV_DEVICE, number);
	*pa = info.arena_pa;
	return memory;
}

void arena_open(bool wanted)
{
	struct lhv_info info;

	arena_image = aligned_alloc(0x1000, LHV_ARENA_SIZE);
	if (!arena_image)
		text_die("no memory");
	if (wanted) {
		device = open_device(own);
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
