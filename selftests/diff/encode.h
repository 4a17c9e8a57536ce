/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instructions of L1: their bytes, the registers they use and their operand.
 */
#ifndef DIFF_ENCODE_H
#define DIFF_ENCODE_H

#include "lhv.h"
#include "arch/types.h"

/**
 * struct insn - an instruction of L1
 * @mode: enum lhv_mode
 * @flags: LHV_F_*
 * @rflags: to start with
 * @regs: values of registers, of those in @regs_set
 * @form: name of the addressing form of a memory operand
 * @at: linear address of the operand
 * @keep: leave the operand in memory as it is
 * @mem: the operand is in memory, where there is a choice
 * @reg_field: register that names a field or a type
 * @reg_value: register of the value, in the register form
 * @ds: selector of DS, ES and FS
 * @ss: selector of SS
 */
struct insn {
	u8 code[LHV_CODE_MAX];
	u8 len;
	u8 mode, flags;
	u32 rflags;
	u64 regs[16];
	u32 regs_set;
	const char *form;
	u64 at;
	bool keep;
	bool mem;
	int reg_field, reg_value;
	u16 ds, ss;
};

void encode_bytes(struct insn *insn, const void *bytes, size_t len);
void encode_byte(struct insn *insn, u8 byte);
void encode_set_reg(struct insn *insn, int reg, u64 value);

/* "opcode" may begin with a mandatory prefix (66, F2, F3); "reg" is the register of the ModRM byte. */
void encode_mem_insn(struct insn *insn, const char *opcode, size_t len, int reg);
void encode_reg_insn(struct insn *insn, const char *opcode, size_t len, int reg, int rm);

/* Write an operand of "len" bytes, as far as there is memory for it. */
void encode_operand(const struct insn *insn, const void *value, size_t len);

/* The steps that load the registers and execute it. */
void encode_emit(const struct insn *insn);

#endif
