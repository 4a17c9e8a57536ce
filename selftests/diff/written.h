/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a program has written to VMCS fields last, as far as its lines tell.
 */
#ifndef DIFF_WRITTEN_H
#define DIFF_WRITTEN_H

#include "arch/types.h"

/* A program begins: nothing was written. */
void written_forget(void);
void written_note(u32 encoding, u64 value);

/* Can there be a field of this encoding? */
bool written_fits(u32 encoding);

/* Returns 0 if nothing was written. */
u64 written_last(u32 encoding);

#endif
