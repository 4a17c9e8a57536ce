/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VMX instruction of L1 that is being emulated: its registers, its operand in memory, its end.
 *
 * VMCS01 is current.
 */
#ifndef NESTED_RUN_INSN_H
#define NESTED_RUN_INSN_H

#include "arch/fault.h"
#include "arch/insninfo.h"
#include "arch/x86.h"
#include "machine/contract.h"
#include "run/result.h"
#include "state.h"

/**
 * struct insn - the instruction, passed along so that nothing is read from VMCS01 twice
 * @n: L1's VMX
 * @reason: basic exit reason
 * @op: its operands
 * @long_mode: L1 is in 64-bit mode
 * @cpl: current privilege level
 */
struct insn {
	struct nested *n;
	u32 reason;
	struct insn_operand_info op;
	bool long_mode;
	u8 cpl;
};

/**
 * insn_raise() - let the instruction raise a fault
 * @insn: the instruction
 * @fault: the fault
 */
void insn_raise(struct insn *insn, const struct fault *fault);

/**
 * insn_raise_gp() - let the instruction raise #GP(0)
 * @insn: the instruction
 */
void insn_raise_gp(struct insn *insn);

/**
 * insn_read_operand() - read the operand in L1's memory
 * @insn: the instruction
 * @buf: receives it
 * @size: its size in bytes
 *
 * Return: false if a fault has been raised, or the instruction is to be executed again.
 */
bool insn_read_operand(struct insn *insn, void *buf, unsigned int size);

/**
 * insn_write_operand() - write the operand in L1's memory
 * @insn: the instruction
 * @buf: what is written
 * @size: its size in bytes
 *
 * Return: as insn_read_operand().
 */
bool insn_write_operand(struct insn *insn, const void *buf, unsigned int size);

/* The instruction ends with VMsucceed. */
static inline void insn_succeed(struct insn *insn)
{
	result_succeed(insn->n, insn->reason);
}

/* The instruction ends with VMfail: VMfailValid with an error number if there is a current VMCS. */
static inline void insn_fail(struct insn *insn, u32 error)
{
	result_fail(insn->n, insn->reason, error);
}

/* The instruction ends with VMfailInvalid. */
static inline void insn_fail_invalid(struct insn *insn)
{
	result_fail_invalid(insn->n, insn->reason);
}

/* Read a general-purpose register of L1; outside 64-bit mode it has 32 bits. */
static inline u64 insn_register(struct insn *insn, unsigned int reg)
{
	u64 value = reg == GPR_RSP ? m_vmread(GUEST_RSP) : insn->n->gpr[reg];

	return insn->long_mode ? value : (u32)value;
}

/* Write a general-purpose register of L1; outside 64-bit mode it has 32 bits. */
static inline void insn_set_register(struct insn *insn, unsigned int reg, u64 value)
{
	if (!insn->long_mode)
		value = (u32)value;
	if (reg == GPR_RSP)
		m_vmwrite(GUEST_RSP, value);
	else
		insn->n->gpr[reg] = value;
}

#endif
