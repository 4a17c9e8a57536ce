// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VM-exit instruction-information field, taken apart. The SDM has a table per group of
 * instructions. What several tables have is at the same bits in all of them, so a set of INSN_HAS_*
 * says all that differs.
 */
#include "arch/insninfo.h"
#include "arch/insns.h"

#define INFO_SCALING(info)	((info) & 3u)
#define INFO_REG1(info)		(((info) >> 3) & 15u)
#define INFO_ADDR_SIZE(info)	(((info) >> 7) & 7u)
#define INFO_IS_REGISTER	(1u << 10)
#define INFO_DTR_OPERAND_32	(1u << 11)
#define INFO_OPERAND_SIZE(info)	(((info) >> 11) & 3u)
#define INFO_SEGMENT(info)	(((info) >> 15) & 7u)
#define INFO_INDEX(info)	(((info) >> 18) & 15u)
#define INFO_NO_INDEX		(1u << 22)
#define INFO_BASE(info)		(((info) >> 23) & 15u)
#define INFO_NO_BASE		(1u << 27)
#define INFO_REG2(info)		(((info) >> 28) & 15u)
#define INFO_IDENTITY(info)	(((info) >> 28) & 3u)

static void decode_address(u32 info, struct insn_operand_info *out)
{
	out->scaling = INFO_SCALING(info);
	out->addr_size = INFO_ADDR_SIZE(info);
	out->segment = INFO_SEGMENT(info);
	if (!(info & INFO_NO_INDEX)) {
		out->index_valid = true;
		out->index = INFO_INDEX(info);
	}
	if (!(info & INFO_NO_BASE)) {
		out->base_valid = true;
		out->base = INFO_BASE(info);
	}
}

static u8 decode_operand_size(u32 info, u8 format)
{
	/*
	 * LGDT and the like have one bit for the operand size, which is undefined in 64-bit mode.
	 */
	if (format & INSN_HAS_IDENTITY)
		return info & INFO_DTR_OPERAND_32 ? INSN_SIZE_32 : INSN_SIZE_16;
	return INFO_OPERAND_SIZE(info);
}

void insninfo_decode(u32 info, u32 exit_reason, struct insn_operand_info *out)
{
	const u8 format = insns_facts(exit_reason)->format;

	*out = (struct insn_operand_info){ .format = format };

	if ((format & INSN_HAS_REG_FORM) && (info & INFO_IS_REGISTER))
		out->reg_operand = true;
	else if (format & INSN_HAS_ADDRESS)
		decode_address(info, out);

	if (out->reg_operand || (format & INSN_HAS_REG1))
		out->reg1 = INFO_REG1(info);
	if (format & INSN_HAS_REG2)
		out->reg2 = INFO_REG2(info);
	if (format & INSN_HAS_OPERAND_SIZE)
		out->operand_size = decode_operand_size(info, format);
	if (format & INSN_HAS_IDENTITY)
		out->identity = INFO_IDENTITY(info);
	if (format & INSN_HAS_STRING) {
		out->addr_size = INFO_ADDR_SIZE(info);
		out->segment = INFO_SEGMENT(info);
	}
}
