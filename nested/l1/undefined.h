/* SPDX-License-Identifier: GPL-2.0-only */
/* When a VMX instruction raises #UD. */
#ifndef NESTED_L1_UNDEFINED_H
#define NESTED_L1_UNDEFINED_H

#include "arch/caps.h"
#include "arch/types.h"

/**
 * struct undefined_ctx - what the conditions for #UD depend on
 * @cr0: CR0 as L1 sees it
 * @cr4: CR4 as L1 sees it, with L1's own VMXE
 * @efer: IA32_EFER
 * @rflags: RFLAGS
 * @in_vmx: L1 is in VMX operation
 * @cs_l: CS.L
 * @reg_operand: the operand is a register
 * @missing: undefined_missing()
 */
struct undefined_ctx {
	u64 cr0;
	u64 cr4;
	u64 efer;
	u64 rflags;
	bool in_vmx;
	bool cs_l;
	bool reg_operand;
	u8 missing;
};

/**
 * undefined_missing() - which VMX instructions does L1 not have?
 * @caps: the capabilities that L1 may use
 *
 * Return: a set of UD_NO_INVEPT and UD_NO_INVVPID.
 */
u8 undefined_missing(const struct vmx_caps *caps);

/**
 * undefined_insn() - does a VMX instruction raise #UD?
 * @exit_reason: basic exit reason, which names the instruction
 * @ctx: L1's state
 *
 * Return: true if it does, and for an exit reason that is no VMX instruction which L1 can execute
 * in VMX root operation.
 */
bool undefined_insn(u32 exit_reason, const struct undefined_ctx *ctx);

#endif
