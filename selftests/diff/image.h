/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The image of the arena: what a program finds in memory.
 */
#ifndef DIFF_IMAGE_H
#define DIFF_IMAGE_H

#include "arch/types.h"

/* It makes all but the regions' revision identifiers: the processor has to be asked for these. */
void image_build(void);
void image_mark_regions(u32 revision);

#endif
