/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The linear address of an instruction's memory operand, with the checks that segmentation makes
 * (SDM "Limit Checking", "Type Checking", "Canonical Addressing"). This covers protected,
 * compatibility and 64-bit mode: the instructions that need it do not exist in real-address mode.
 */
#ifndef NESTED_L1_OPERAND_H
#define NESTED_L1_OPERAND_H

#include "arch/fault.h"
#include "arch/insninfo.h"
#include "arch/types.h"
#include "arch/x86.h"

/**
 * struct seg - a segment register with its hidden part, as a VMCS holds it
 * @selector: the selector
 * @ar: the access rights
 * @limit: the limit in bytes
 * @base: the base
 */
struct seg {
	u16 selector;
	u32 ar;
	u32 limit;
	u64 base;
};

/**
 * struct operand_ctx - what the address depends on
 * @gpr: the 16 general-purpose registers, in the order of enum gpr
 * @seg: the segment register that the instruction information names. It is only that one, so that
 *	nobody reads all six from a VMCS; in 64-bit mode only its base is used, and only that of FS
 *	and GS.
 * @long_mode: L1 is in 64-bit mode (EFER.LMA and CS.L)
 * @la57: linear addresses have 57 bits (CR4.LA57)
 * @lam_user: with linear-address masking, how many bits of a pointer with bit 63 clear are an
 *	address: 48 or 57; 0 without
 * @lam_supervisor: the same where bit 63 is set
 */
struct operand_ctx {
	const u64 *gpr;
	struct seg seg;
	bool long_mode;
	bool la57;
	u8 lam_user;
	u8 lam_supervisor;
};

/**
 * linear_canonical() - is a linear address canonical?
 * @linear: the address
 * @la57: it has 57 bits, not 48
 *
 * Return: true if it is.
 */
static inline bool linear_canonical(u64 linear, bool la57)
{
	const unsigned int unused = la57 ? 7 : 16;

	return (u64)((s64)(linear << unused) >> unused) == linear;
}

/**
 * operand_offset() - the effective address of an operand: its offset into the segment
 * @gpr: the general-purpose registers, in the order of enum gpr
 * @info: the decoded instruction information of a memory operand
 * @displacement: the exit qualification. With RIP-relative addressing the processor has added the
 *	address of the next instruction to it already.
 *
 * Return: the offset.
 */
u64 operand_offset(const u64 *gpr, const struct insn_operand_info *info, u64 displacement);

/**
 * operand_linear() - the linear address of a memory operand
 * @ctx: registers and mode
 * @info: the decoded instruction information
 * @displacement: the exit qualification, as for operand_offset()
 * @size: bytes of the operand, at least 1
 * @write: the instruction writes the operand
 * @linear: receives the address
 * @fault: receives #GP(0) or #SS(0)
 *
 * Return: 0, or -1 with @fault filled.
 */
int operand_linear(const struct operand_ctx *ctx, const struct insn_operand_info *info,
		   u64 displacement, unsigned int size, bool write, u64 *linear,
		   struct fault *fault);

#endif
