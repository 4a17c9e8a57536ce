/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The instructions that exit, by exit reason. One look-up gives all that is fixed about one
 * of them.
 */
#ifndef NESTED_ARCH_INSNS_H
#define NESTED_ARCH_INSNS_H

#include "arch/counts.h"
#include "arch/types.h"

/* The VMX instructions by kind, in the order of the rows in statistics. */
enum vmx_insn {
#define VMX_INSN(name, handler, undefined, format) VMX_##name,
#define INSN(name, format)
#include "arch/insns.def"
#undef VMX_INSN
#undef INSN
	NR_VMX_INSNS
};

/* What can make a VMX instruction undefined */
enum ud_condition {
	UD_REGISTER	= 1 << 0,	/* the operand is a register */
	UD_NOT_IN_VMX	= 1 << 1,	/* not in VMX operation */
	UD_NO_VMXE	= 1 << 2,	/* CR4.VMXE = 0 */
	UD_REAL		= 1 << 3,	/* CR0.PE = 0 */
	UD_V8086	= 1 << 4,	/* RFLAGS.VM = 1 */
	UD_COMPAT	= 1 << 5,	/* IA32_EFER.LMA = 1 and CS.L = 0 */
	UD_NO_INVEPT	= 1 << 6,	/* the processor has no INVEPT */
	UD_NO_INVVPID	= 1 << 7,	/* the processor has no INVVPID */

	UD_MODE		= UD_REAL | UD_V8086 | UD_COMPAT,
};

/**
 * struct insn_facts - what is fixed about an instruction
 * @kind: enum vmx_insn plus one; 0 for what is no VMX instruction
 * @undefined: enum ud_condition, a bit each: the conditions of which one is enough for #UD
 * @format: INSN_HAS_*: what its VM-exit instruction information has
 */
struct insn_facts {
	u8 kind;
	u8 undefined;
	u8 format;
};

/* By basic exit reason */
extern const struct insn_facts insns_table[NR_EXIT_REASONS];

/**
 * insns_facts() - look an instruction up
 * @reason: an exit-reason field; only its low 16 bits count
 *
 * Return: all zeros for a reason that is no instruction of insns.def.
 */
static inline const struct insn_facts *insns_facts(u32 reason)
{
	const u16 basic = reason;

	/* Reason 0 is an event and no instruction, so its row is all zeros. */
	return &insns_table[basic < NR_EXIT_REASONS ? basic : 0];
}

/* The kind of VMX instruction that a basic exit reason names (enum vmx_insn), or -1. */
static inline int insns_kind(u32 reason)
{
	return insns_facts(reason)->kind - 1;
}

#endif
