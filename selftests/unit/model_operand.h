/* SPDX-License-Identifier: GPL-2.0-only */
/* A second, slow implementation of operand addresses, to compare the first with. */
#ifndef MODEL_OPERAND_H
#define MODEL_OPERAND_H

#include "l1/operand.h"

/* As operand_linear(), byte by byte. */
int model_operand(const struct operand_ctx *ctx, const struct insn_operand_info *info,
		  u64 displacement, unsigned int size, bool write, u64 *linear,
		  struct fault *fault);

#endif
