/* SPDX-License-Identifier: GPL-2.0-only */
/* A second, slow implementation of the page walk, to compare the first with. */
#ifndef MODEL_WALK_H
#define MODEL_WALK_H

#include "memory.h"
#include "l1/walk.h"

/* As walk_linear(), over @mem; nobody else changes @mem meanwhile. */
int model_walk(struct memory *mem, const struct walk_ctx *ctx, u64 linear, unsigned int access,
	       u64 *phys, struct fault *fault);

#endif
