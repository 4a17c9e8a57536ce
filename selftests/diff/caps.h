/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the processor can do, and the VMCS fields that it has.
 */
#ifndef DIFF_CAPS_H
#define DIFF_CAPS_H

#include "arch/types.h"

/* Controls come in pairs: those that must be 1, and those that may be. */
struct caps {
	u64 basic, misc, ept_vpid, cr0_fixed0, cr0_fixed1, cr4_fixed0, cr4_fixed1, vmfunc;
	u32 pin0, pin1, cpu0, cpu1, exit0, exit1, entry0, entry1, cpu2_1;
	u64 cr0, cr4, efer, pat;	/* as a program finds them */
};

extern struct caps caps;

/* Assume a processor where none can be asked: text can be made of programs all the same. */
void caps_assume(void);

/* VMCS fields that can be read */
void caps_add_field(u16 encoding);
bool caps_has_field(u16 encoding);

#endif
