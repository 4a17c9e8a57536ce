// SPDX-License-Identifier: GPL-2.0-only
/*
 * All that has to be there before the first program: the arena with its image, and what the processor can
 * do.
 */
#include "arena.h"
#include "caps.h"
#include "image.h"
#include "probe.h"
#include "session.h"
#include "arch/vmx.h"

/*
 * Ticks: four times as long as the longest guest that ends by itself, string I/O over the whole large page,
 * two million iterations.
 */
#define WATCHDOG	8000000

static void ask_processor(void)
{
	arena_fill(0, LHV_ARENA_SIZE);
	arena_header()->arena_pa = arena_pa;
	arena_header()->watchdog = WATCHDOG;
	probe_msrs();
	image_mark_regions(VMX_BASIC_REVISION(caps.basic));
	arena_fill(LHV_REGIONS, LHV_REGIONS_SIZE);
	probe_fields();
	/* The processor has written to two of them. */
	arena_fill(LHV_REGIONS, LHV_REGIONS_SIZE);
}

void session_open(bool device)
{
	arena_open(device);
	image_build();
	if (device) {
		ask_processor();
		return;
	}
	caps_assume();
	image_mark_regions(VMX_BASIC_REVISION(caps.basic));
}
