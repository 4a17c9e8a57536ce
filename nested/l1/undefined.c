// SPDX-License-Identifier: GPL-2.0-only
/*
 * When a VMX instruction raises #UD; arch/insns.def has the conditions of each instruction.
 *
 * The processor itself raises #UD before the VM exit for most conditions, but it looks at Nestor's
 * CR4.VMXE, Nestor's VMX operation and its own capabilities, not at L1's.
 */
#include "arch/insns.h"
#include "arch/msr.h"
#include "arch/x86.h"
#include "l1/undefined.h"

u8 undefined_missing(const struct vmx_caps *caps)
{
	u8 missing = 0;

	if (!caps_invept(caps))
		missing |= UD_NO_INVEPT;
	if (!caps_invvpid(caps))
		missing |= UD_NO_INVVPID;
	return missing;
}

/* The conditions of enum ud_condition that are true now. */
static unsigned int ud_state(const struct undefined_ctx *ctx)
{
	unsigned int state = ctx->missing;

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

bool undefined_insn(u32 exit_reason, const struct undefined_ctx *ctx)
{
	const struct insn_facts *facts = insns_facts(exit_reason);

	return !facts->kind || (facts->undefined & ud_state(ctx));
}
