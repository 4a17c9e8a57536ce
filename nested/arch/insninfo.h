/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The VM-exit instruction-information field (SDM "Information for VM Exits Due to Instruction
 * Execution"). Its layout depends on the instruction.
 */
#ifndef NESTED_ARCH_INSNINFO_H
#define NESTED_ARCH_INSNINFO_H

#include "arch/types.h"

/* Values of addr_size and operand_size */
enum insn_size { INSN_SIZE_16, INSN_SIZE_32, INSN_SIZE_64 };

/* Which of the members below an instruction's format defines */
#define INSN_HAS_ADDRESS	(1u << 0)	/* scaling, addr_size, segment, index, base */
#define INSN_HAS_REG_FORM	(1u << 1)	/* bit 10: the operand may be a register, reg1 */
#define INSN_HAS_REG1		(1u << 2)	/* reg1 without bit 10 */
#define INSN_HAS_REG2		(1u << 3)
#define INSN_HAS_OPERAND_SIZE	(1u << 4)
#define INSN_HAS_IDENTITY	(1u << 5)
#define INSN_HAS_STRING		(1u << 6)	/* addr_size and segment only: INS, OUTS */

/**
 * struct insn_operand_info - the field, taken apart
 * @format: INSN_HAS_*: what the instruction's format defines; 0 if the exit reason has no
 *	instruction information. Members that the format does not define are 0.
 * @scaling: the index register is shifted left by this
 * @addr_size: enum insn_size
 * @reg_operand: the operand is the register @reg1, not memory
 * @reg1: a register operand
 * @reg2: the other register operand (VMREAD and VMWRITE: the field encoding; INVEPT, INVVPID and
 *	INVPCID: the type)
 * @segment: enum seg_reg; above SEG_GS it is undefined
 * @index: the index register, if @index_valid
 * @index_valid: there is an index register
 * @base: the base register, if @base_valid
 * @base_valid: there is a base register
 * @operand_size: enum insn_size (RDRAND, RDSEED, LGDT and the like)
 * @identity: which of the four it is (SGDT SIDT LGDT LIDT, or SLDT STR LLDT LTR)
 *
 * Registers are numbered as in enum gpr.
 */
struct insn_operand_info {
	u8 format;
	u8 scaling;
	u8 addr_size;
	bool reg_operand;
	u8 reg1;
	u8 reg2;
	u8 segment;
	u8 index;
	bool index_valid;
	u8 base;
	bool base_valid;
	u8 operand_size;
	u8 identity;
};

/**
 * insninfo_decode() - take an instruction-information field apart
 * @info: the field
 * @exit_reason: basic exit reason, which selects the format
 * @out: filled
 */
void insninfo_decode(u32 info, u32 exit_reason, struct insn_operand_info *out);

#endif
