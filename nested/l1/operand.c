// SPDX-License-Identifier: GPL-2.0-only
/* The linear address of an instruction's memory operand. */
#include "l1/operand.h"

#include "arch/vmx.h"
#include "arch/x86.h"

u64 operand_offset(const u64 *gpr, const struct insn_operand_info *info, u64 displacement)
{
	u64 offset = displacement;

	if (info->base_valid)
		offset += gpr[info->base];
	if (info->index_valid)
		offset += gpr[info->index] << info->scaling;

	switch (info->addr_size) {
	case INSN_SIZE_16:
		return offset & 0xffff;
	case INSN_SIZE_32:
		return offset & 0xffffffff;
	default:
		return offset;
	}
}

static int fault_segment(u8 segment, struct fault *fault)
{
	fault_set_error(fault, segment == SEG_SS ? SS_VECTOR : GP_VECTOR, 0);
	return -1;
}

/* May the segment be read, or written (SDM "Type Checking")? */
static bool type_allows(u32 ar, bool write)
{
	if (ar & VMX_AR_TYPE_CODE)
		return !write && (ar & VMX_AR_TYPE_READABLE);
	return !write || (ar & VMX_AR_TYPE_WRITABLE);
}

/* Do all bytes lie inside the segment (SDM "Limit Checking")? */
static bool limit_allows(const struct seg *seg, u64 offset, unsigned int size)
{
	const bool expand_down = !(seg->ar & VMX_AR_TYPE_CODE) &&
				 (seg->ar & VMX_AR_TYPE_EXPAND_DOWN);
	const u64 last = offset + size - 1;

	if (expand_down)
		return offset > seg->limit &&
		       last <= (seg->ar & VMX_AR_DB ? 0xffffffffu : 0xffffu);

	/*
	 * The SDM does not say what happens to an operand that wraps round at 4 GBytes: let
	 * it wrap.
	 */
	return seg->limit == 0xffffffffu || last <= seg->limit;
}

static int linear_protected(const struct operand_ctx *ctx, u8 segment, u64 offset,
			    unsigned int size, bool write, u64 *linear, struct fault *fault)
{
	const struct seg *seg = &ctx->seg;

	offset &= 0xffffffff;
	if (seg->ar & VMX_AR_UNUSABLE)
		return fault_segment(segment, fault);
	if (!type_allows(seg->ar, write)) {
		fault_set_error(fault, GP_VECTOR, 0);
		return -1;
	}
	if (!limit_allows(seg, offset, size))
		return fault_segment(segment, fault);

	*linear = (seg->base + offset) & 0xffffffff;
	return 0;
}

/*
 * The processor takes no notice of some bits of a pointer, but its sign must agree with the highest
 * one that counts (SDM "Linear-Address Masking"). Returns false if it does not.
 */
static bool mask_pointer(const struct operand_ctx *ctx, u64 *linear)
{
	const unsigned int width = *linear >> 63 ? ctx->lam_supervisor : ctx->lam_user;
	u64 masked;

	if (likely(!width))
		return true;
	masked = (u64)((s64)(*linear << (64 - width)) >> (64 - width));
	if ((masked ^ *linear) >> 63)
		return false;
	*linear = masked;
	return true;
}

static int linear_64bit(const struct operand_ctx *ctx, u8 segment, u64 offset, unsigned int size,
			u64 *linear, struct fault *fault)
{
	/* The bases of all other segments are treated as 0. */
	const u64 base = segment == SEG_FS || segment == SEG_GS ? ctx->seg.base : 0;
	u64 first = base + offset;

	if (!mask_pointer(ctx, &first) || !linear_canonical(first, ctx->la57) ||
	    !linear_canonical(first + size - 1, ctx->la57))
		return fault_segment(segment, fault);

	*linear = first;
	return 0;
}

int operand_linear(const struct operand_ctx *ctx, const struct insn_operand_info *info,
		   u64 displacement, unsigned int size, bool write, u64 *linear,
		   struct fault *fault)
{
	const u64 offset = operand_offset(ctx->gpr, info, displacement);

	if (ctx->long_mode)
		return linear_64bit(ctx, info->segment, offset, size, linear, fault);
	return linear_protected(ctx, info->segment, offset, size, write, linear, fault);
}
