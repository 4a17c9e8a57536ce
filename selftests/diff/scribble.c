// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rubbish in memory that programs and the processor use, while they do.
 */
#include "lhv.h"
#include "random.h"
#include "rubbish.h"
#include "scribble.h"

/* One word of it */
static void scribble(u8 *arena)
{
	u64 value = random_value();
	u32 at, level;

	switch (random_below(6)) {
	case 0:
	case 1:
		at = LHV_REGIONS + random_below(16) * 0x1000 + random_below(160) * 8;
		break;
	case 2:
	case 3:
		at = rubbish_ept_place(&level);
		value = rubbish_ept_entry(level);
		break;
	case 4:
		at = LHV_CONTROL + 0xb000 + random_below(4) * 8;
		value = rubbish_eptp();
		break;
	default:
		/* Virtual-APIC page, APIC-access page; the log, bitmaps of VMCS shadowing, #VE, descriptor */
		at = LHV_CONTROL +
		     (random_chance(50) ? 0x3000 : 0x8000 + random_below(3) * 0x1000) +
		     random_below(64) * 8;
	}
	*(volatile u64 *)(arena + at) = value;
}

/* Not before its programs know the processor (world_tell_engine()). */
static bool is_ready(const u8 *arena)
{
	return ((volatile const struct lhv_header *)arena)->nr_open;
}

u64 scribble_until(time_t end, u8 **memory)
{
	u64 words = 0;
	u8 *arena;
	u32 i;

	while (time(NULL) < end) {
		arena = memory[random_below(rubbish_world.nr_arenas)];
		for (i = 0; i < 100 && is_ready(arena); i++, words++)
			scribble(arena);
	}
	return words;
}
