// SPDX-License-Identifier: GPL-2.0-only
/*
 * A second implementation of operand addresses: it looks at every byte on its
 * own and writes each of the SDM's sentences down as it stands there.
 */
#include "model_operand.h"

static const unsigned int address_bits[] = { 16, 32, 64, 64, 64, 64, 64, 64 };

static u64 truncate_to(u64 value, unsigned int bits)
{
	return bits == 64 ? value : value % (1ULL << bits);
}

static u64 effective_address(const struct operand_ctx *ctx, const struct insn_operand_info *info,
			     u64 displacement)
{
	u64 base = info->base_valid ? ctx->gpr[info->base] : 0;
	u64 index = info->index_valid ? ctx->gpr[info->index] : 0;
	u64 factor = 1;
	unsigned int i;

	for (i = 0; i < info->scaling; i++)
		factor *= 2;
	return truncate_to(base + index * factor + displacement, address_bits[info->addr_size]);
}

/* Bits 63 down to the most significant implemented one are all alike. */
static bool byte_canonical(u64 address, bool la57)
{
	const unsigned int top = la57 ? 56 : 47;
	const bool sign = (address >> top) & 1;
	unsigned int bit;

	for (bit = top; bit < 64; bit++) {
		if (((address >> bit) & 1) != sign)
			return false;
	}
	return true;
}

/*
 * Expand-down: the offsets that the limit excludes are those up to and
 * including it; the highest is FFFFH or FFFFFFFFH, as the B flag says.
 */
static bool byte_in_segment(const struct seg *seg, u64 offset)
{
	const bool data = !(seg->ar & 8);
	const bool expand_down = data && (seg->ar & 4);

	if (!expand_down)
		return offset <= seg->limit;
	if (offset <= seg->limit)
		return false;
	return offset <= ((seg->ar & 0x4000) ? 0xffffffffULL : 0xffffULL);
}

static bool data_or_stack(const struct operand_ctx *ctx, u64 offset, unsigned int size)
{
	const bool expand_down = !(ctx->seg.ar & 8) && (ctx->seg.ar & 4);
	unsigned int i;

	if (!expand_down && ctx->seg.limit == 0xffffffff)
		return true;
	for (i = 0; i < size; i++) {
		if (!byte_in_segment(&ctx->seg, offset + i))
			return false;
	}
	return true;
}

static int raise(struct fault *fault, u8 vector)
{
	fault->vector = vector;
	fault->has_error = true;
	fault->error = 0;
	fault->cr2 = 0;
	return -1;
}

/* Each bit that is masked becomes what bit 63 is, and so must be the one below them. */
static bool mask(const struct operand_ctx *ctx, u64 *address)
{
	const u64 sign = *address >> 63;
	const unsigned int width = sign ? ctx->lam_supervisor : ctx->lam_user;
	unsigned int bit;

	if (!width)
		return true;
	for (bit = width; bit < 63; bit++)
		*address = (*address & ~(1ULL << bit)) | sign << bit;
	return (*address >> (width - 1) & 1) == sign;
}

static int in_64bit_mode(const struct operand_ctx *ctx, u8 segment, u64 offset, unsigned int size,
			 u64 *linear, struct fault *fault)
{
	u64 address = offset;
	unsigned int i;

	if (segment == 4 || segment == 5)
		address += ctx->seg.base;
	if (!mask(ctx, &address))
		return raise(fault, segment == 2 ? 12 : 13);
	for (i = 0; i < size; i++) {
		if (!byte_canonical(address + i, ctx->la57))
			return raise(fault, segment == 2 ? 12 : 13);
	}
	*linear = address;
	return 0;
}

int model_operand(const struct operand_ctx *ctx, const struct insn_operand_info *info,
		  u64 displacement, unsigned int size, bool write, u64 *linear,
		  struct fault *fault)
{
	const u64 offset = effective_address(ctx, info, displacement);
	const bool code = ctx->seg.ar & 8;
	const bool bit1 = ctx->seg.ar & 2;	/* readable code, writable data */

	if (ctx->long_mode)
		return in_64bit_mode(ctx, info->segment, offset, size, linear, fault);

	if (ctx->seg.ar & 0x10000)
		return raise(fault, info->segment == 2 ? 12 : 13);
	if (code && write)
		return raise(fault, 13);
	if (code && !bit1)
		return raise(fault, 13);
	if (!code && write && !bit1)
		return raise(fault, 13);
	if (!data_or_stack(ctx, truncate_to(offset, 32), size))
		return raise(fault, info->segment == 2 ? 12 : 13);
	*linear = truncate_to(ctx->seg.base + offset, 32);
	return 0;
}
