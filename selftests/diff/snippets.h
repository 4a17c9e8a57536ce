/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest code in pieces, and the engine's image (snippets.S).
 */
#ifndef DIFF_SNIPPETS_H
#define DIFF_SNIPPETS_H

#include "arch/types.h"

struct snippet {
	const char *name;
	u32 mode;			/* 16, 32, 64 */
	u32 len;
	const u8 *code;
};

extern const struct snippet snippets[], snippets_end[];
extern const u8 engine_image[], engine_image_end[];

#endif
