/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two instructions at which Linux changes worlds. Both look like ordinary function calls to
 * their callers.
 */
#include <linux/linkage.h>

/*
 * int nestor_vmlaunch(unsigned long rsp_field, unsigned long rip_field): continue in VMX non-root
 * operation.
 *
 * The caller names the two fields of VMCS01 that are still to be written. They get the stack
 * pointer, and the address at which L1 begins: that is the way out of this function, which returns
 * 0 there. When the processor refused, it returns 1 or 2 (VMfailInvalid, VMfailValid).
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
 * struct landing nestor_land(u64 how): ask root to give this CPU back.
 *
 * Root knows the call by its address, which is inside this function. When root agrees, it makes the
 * host state of VMCS01 what L1 is now and lets the same VMCALL exit once more. That exit loads
 * Linux's whole context at once and arrives after the VMCALL, in VMX root operation, so that no NMI
 * can meet half of one context and half of the other. What the function returns is what root put
 * into RAX and RDX.
 */
SYM_FUNC_START(nestor_land)
	ENDBR	/* its address is taken */
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
