/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * L1 cannot access these MSRs without an exit: the Linux half makes the bitmap, and root answers.
 */
#ifndef ROOT_TRAPPED_H
#define ROOT_TRAPPED_H

#include "arch/types.h"

enum trapped { TRAPPED_MICROCODE, TRAPPED_MTRR, TRAPPED_CAPABILITY };

/**
 * trapped_as() - is an MSR in the list as one of a kind?
 * @msr: its number
 * @what: the kind, a constant
 *
 * Return: true if so.
 */
ALWAYS_INLINE bool trapped_as(u32 msr, enum trapped what)
{
	bool found = false;

#define TRAPPED(kind, first, last) \
	found |= what == TRAPPED_##kind && msr - (first) <= (last) - (first);
#include "trapped.def"
#undef TRAPPED
	return found;
}

#endif
