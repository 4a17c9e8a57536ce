/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the processor can do, read by a program.
 */
#ifndef DIFF_CAPS_H
#define DIFF_CAPS_H

#include "arch/types.h"

struct caps {
	u64 basic, misc, ept_vpid, cr0_fixed0, cr0_fixed1, cr4_fixed0, cr4_fixed1, vmfunc;
	u32 pin0, pin1, cpu0, cpu1, exit0, exit1, entry0, entry1, cpu2_1;
	u64 cr0, cr4, efer, pat;
};

extern struct caps caps;
extern u16 live_fields[256];		/* that can be read on this processor */
extern size_t nr_live_fields;
extern bool field_is_live[0x8000];	/* the same by encoding */

void caps_read(void);

#endif
