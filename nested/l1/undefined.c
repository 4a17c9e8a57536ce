// SPDX-License-Identifier: GPL-2.0-only
/*
 * When a VMX instruction does not exist: one table for all of them, after the
 * "Operation" sections of the SDM's chapter "VMX Instruction Reference".
 *
 * The processor itself raises #UD before the VM exit for most of it, but with
 * Nestor's CR4.VMXE and Nestor's VMX operation in mind, not with L1's.
 */
#include "l1/undefined.h"

#include "arch/arch.h"
#include "arch/reasons.h"

enum {
	UD_REGISTER	= 1 << 0,	/* the operand is a register */
	UD_NOT_IN_VMX	= 1 << 1,	/* not in VMX operation */
	UD_NO_VMXE	= 1 << 2,	/* CR4.VMXE = 0 */
	UD_REAL		= 1 << 3,	/* CR0.PE = 0 */
	UD_V8086	= 1 << 4,	/* RFLAGS.VM = 1 */
	UD_COMPAT	= 1 << 5,	/* IA32_EFER.LMA = 1 and CS.L = 0 */
	UD_ALWAYS	= 1 << 6,

	UD_MODE		= UD_REAL | UD_V8086 | UD_COMPAT,
};

/* What makes each instruction undefined. */
static unsigned int ud_conditions(u32 exit_reason)
{
	switch (exit_reason) {
	case EXIT_REASON_VMXON:
		return UD_REGISTER | UD_NO_VMXE | UD_MODE;
	case EXIT_REASON_VMCLEAR:
	case EXIT_REASON_VMPTRLD:
	case EXIT_REASON_VMPTRST:
		return UD_REGISTER | UD_NOT_IN_VMX | UD_MODE;
	case EXIT_REASON_VMLAUNCH:
	case EXIT_REASON_VMRESUME:
	case EXIT_REASON_VMREAD:
	case EXIT_REASON_VMWRITE:
	case EXIT_REASON_VMXOFF:
	case EXIT_REASON_INVEPT:
	case EXIT_REASON_INVVPID:
		return UD_NOT_IN_VMX | UD_MODE;
	case EXIT_REASON_VMCALL:
		/* Its page does not ask for CR0.PE: VMX operation implies it. */
		return UD_NOT_IN_VMX | UD_V8086 | UD_COMPAT;
	default:
		return UD_ALWAYS;
	}
}

/* What of that is the case. */
static unsigned int ud_state(const struct ud_ctx *ctx)
{
	unsigned int state = UD_ALWAYS;

	if (ctx->reg_operand)
		state |= UD_REGISTER;
	if (!ctx->in_vmx)
		state |= UD_NOT_IN_VMX;
	if (!(ctx->cr4 & X86_CR4_VMXE))
		state |= UD_NO_VMXE;
	if (!(ctx->cr0 & X86_CR0_PE))
		state |= UD_REAL;
	if (ctx->rflags & X86_EFLAGS_VM)
		state |= UD_V8086;
	if ((ctx->efer & EFER_LMA) && !ctx->cs_l)
		state |= UD_COMPAT;
	return state;
}

bool vmx_insn_ud(u32 exit_reason, const struct ud_ctx *ctx)
{
	return ud_conditions(exit_reason & VMX_EXIT_REASON_BASIC_MASK) & ud_state(ctx);
}
