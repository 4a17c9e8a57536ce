// SPDX-License-Identifier: GPL-2.0-only
/*
 * What there is on this machine for hostile programs, and what of it they may have written to.
 */
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "rubbish.h"
#include "text.h"
#include "world.h"

static void add_open(u64 start, u64 end)
{
	struct lhv_header *header = arena_header();

	if (header->nr_open == LHV_MAX_OPEN)
		text_die("too many blocks");
	header->open[header->nr_open++] = (struct lhv_range){ start, end };
}

/* Interrupt controllers and timers are no place for a guest. */
void world_tell_engine(void)
{
	struct lhv_header *header = arena_header();
	u32 i;

	header->nr_open = 0;
	for (i = 0; i < rubbish_world.nr_arenas; i++)
		add_open(rubbish_world.arenas[i], rubbish_world.arenas[i] + LHV_ARENA_SIZE);
	for (i = 0; i < rubbish_world.nr_hidden; i++)
		add_open(rubbish_world.hidden[i], rubbish_world.hidden[i] + 0x200000);
	header->nr_arenas = rubbish_world.nr_arenas;
	header->nr_hidden = rubbish_world.nr_hidden;
	add_open(0xa0000, 0xc0000);
	add_open(0xf0000, 0x100000);
	if (rubbish_world.ram_end < 0xfec00000)
		add_open(rubbish_world.ram_end, 0xfec00000);
	add_open(0xff000000, 0x100000000);
	add_open(rubbish_world.ram_end > 0x100000000 ? rubbish_world.ram_end : 0x100000000, ~0ull);
}

void world_close_bitmaps(void)
{
	u8 *msrs = arena_image + LHV_CONTROL, *ports = msrs + 0x1000;

	memset(ports, 0xff, 0x2000);
	memset(ports + 0x80 / 8, 0, 2);
	memset(msrs + 0x800, 0xff, 0x800);
	msrs[0x800 + 0x174 / 8] = (u8)~0x70;
	arena_fill(LHV_CONTROL, 0x3000);
}

static void find_ram_end(void)
{
	FILE *file = fopen("/proc/iomem", "r");
	unsigned long long start, end;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (strstr(line, "System RAM") && sscanf(line, "%llx-%llx", &start, &end) == 2)
			rubbish_world.ram_end = (end + (1ull << 30)) & ~((1ull << 30) - 1);
	if (!rubbish_world.ram_end)
		text_die("/proc/iomem does not tell where RAM is");
	fclose(file);
}

/* The programs' own arena comes first. */
static void find_arenas(unsigned int own, u8 **memory)
{
	u32 i, nr = 0;
	u64 pa;

	for (i = 0; i < LHV_MAX_ARENAS; i++) {
		u8 *at = arena_map(i, &pa);

		if (!at)
			break;
		memory[nr] = at;
		rubbish_world.arenas[nr++] = pa;
		if (i == own && i) {
			rubbish_world.arenas[i] = rubbish_world.arenas[0];
			rubbish_world.arenas[0] = pa;
		}
	}
	if (!nr)
		text_die("%s: %m (insmod lhv.ko)", LHV_DEVICE);
	rubbish_world.nr_arenas = nr;
}

void world_find(unsigned int own, u8 **memory)
{
	find_ram_end();
	find_arenas(own, memory);
}
