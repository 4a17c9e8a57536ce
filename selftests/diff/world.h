/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What there is on this machine for hostile programs.
 */
#ifndef DIFF_WORLD_H
#define DIFF_WORLD_H

#include "arch/types.h"

/* Find arenas (that of number @own comes first) and the end of RAM. @memory receives where the arenas are. */
void world_find(unsigned int own, u8 **memory);

/* Tell the engine what may be written to. */
void world_tell_engine(void);

/* Guests reach no port but the DMA page registers, and write to no MSR but those of SYSENTER. */
void world_close_bitmaps(void);

#endif
