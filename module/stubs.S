/* SPDX-License-Identifier: GPL-2.0-only */
/* The two instructions at which Linux changes worlds. Both look like ordinary function calls to their callers. */
#include <linux/linkage.h>

/*
 * int nestor_vmlaunch(unsigned long rsp_field, unsigned long rip_field): continue in VMX non-root operation.
 *
 * Completes VMCS01, whose fields the caller names, with the stack and the instruction at which L1 begins, which is this function's own
 * return. Returns 0 there; 1 or 2 (VMfailInvalid, VMfailValid) when the processor refused.
 */
SYM_FUNC_START(nestor_vmlaunch)
	pushq	%rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	pushfq
	vmwrite	%rsp, %rdi
	leaq	1f(%rip), %rax
	vmwrite	%rax, %rsi
	vmlaunch
	jbe	2f
1:	xorl	%eax, %eax
	jmp	3f
2:	setz	%al
	movzbl	%al, %eax
	incl	%eax
3:	popfq
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	RET
SYM_FUNC_END(nestor_vmlaunch)

/*
 * int nestor_land(void): ask root to give this CPU back.
 *
 * Root knows the call by its address, which is inside this function. When it agrees it makes the host state of VMCS01 what L1 is now and
 * lets the same VMCALL exit once more: that exit loads Linux's whole context at once and arrives after the
 * VMCALL, in VMX root operation, so that no NMI can meet half of one context and half of the other.
 * Returns LAND_*.
 */
SYM_FUNC_START(nestor_land)
	pushq	%rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	pushfq
	vmcall
	popfq
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	RET
SYM_FUNC_END(nestor_land)
