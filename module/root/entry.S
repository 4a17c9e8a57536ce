/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where root mode begins and ends: VM exit, VM entry, exceptions.
 *
 * The general registers are kept in the order in which Intel numbers them (RAX at the lowest
 * address), so that a register number from an exit's instruction information is an index. The word
 * at the top of every stack is the address of struct cpu.
 */
#include "abi.h"

#define FRAME_SIZE 128
#define FRAME_RSP 32

.macro push_registers
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%r11
	pushq	%r10
	pushq	%r9
	pushq	%r8
	pushq	%rdi
	pushq	%rsi
	pushq	%rbp
	pushq	$0		/* RSP is in the VMCS */
	pushq	%rbx
	pushq	%rdx
	pushq	%rcx
	pushq	%rax
.endm

/* This leaves the flags as they are. */
.macro pop_registers
	popq	%rax
	popq	%rcx
	popq	%rdx
	popq	%rbx
	leaq	8(%rsp), %rsp
	popq	%rbp
	popq	%rsi
	popq	%rdi
	popq	%r8
	popq	%r9
	popq	%r10
	popq	%r11
	popq	%r12
	popq	%r13
	popq	%r14
	popq	%r15
.endm

	.section .entry, "ax"
	.code64

/*
 * A VM exit clears RFLAGS, DF with it.
 *
 * Root has no indirect branch but RET, and does not fill the return stack. On the way of an exit
 * each RET belongs to a CALL of root's own, so that none is steered by what L1 or L2 left there.
 * But return_without_iret has a RET without a CALL: after an exception, NMI or machine check in
 * root one RET before the next VM entry may be predicted to go where L1 or L2 would have it.
 */
	.balign 16
	.globl	root_exit_entry
root_exit_entry:
	push_registers
	movq	FRAME_SIZE(%rsp), %rdi
	call	dispatch_exit

/*
 * The last steps before VM entry can be begun again: an NMI or machine check that arrives between
 * window_start and window_end takes a note and continues at window_start. The frame with the
 * registers is still in place then, because popping does not destroy it. So nothing that was noted
 * is missed.
 *
 * What was noted, and whether to launch, stand in one word, so that the usual way looks only once.
 */
	.globl	root_resume
root_resume:
window_start:
	movq	FRAME_SIZE(%rsp), %rdi
	cmpq	$0, CONFIG_ATTENTION(%rdi)
	jne	1f
	pop_registers
	vmresume
	jmp	window_end
1:	cmpl	$0, CONFIG_NMI_NOTED(%rdi)
	jne	noted
	cmpw	$0, CONFIG_MC_NOTED(%rdi)
	jne	noted
	pop_registers
	vmlaunch
window_end:
	/* The processor refused; CF and ZF tell how. */
	push_registers
	pushfq
	popq	%rsi
	movq	FRAME_SIZE(%rsp), %rdi
	call	dispatch_entry_refused
	jmp	window_start
noted:
	call	dispatch_noted
	jmp	window_start

/*
 * Exceptions in root. Every vector but NMI and #MC ends in fault_in_root(), which finds a fixup or
 * reports a bug. None returns with IRET: that would let in a second NMI while one is noted.
 */
.macro exception vector, error_code
	.balign ROOT_STUB_SIZE
	.if !\error_code
	pushq	$0
	.endif
	pushq	$\vector
	jmp	fault_common
.endm

	.balign ROOT_STUB_SIZE
	.globl	root_idt_stubs
root_idt_stubs:
	exception 0, 0
	exception 1, 0
	.balign ROOT_STUB_SIZE
	jmp	nmi_entry
	exception 3, 0
	exception 4, 0
	exception 5, 0
	exception 6, 0
	exception 7, 0
	exception 8, 1
	exception 9, 0
	exception 10, 1
	exception 11, 1
	exception 12, 1
	exception 13, 1
	exception 14, 1
	exception 15, 0
	exception 16, 0
	exception 17, 1
	.balign ROOT_STUB_SIZE
	jmp	mc_entry
	exception 19, 0
	exception 20, 0
	exception 21, 1
	exception 22, 0
	exception 23, 0
	exception 24, 0
	exception 25, 0
	exception 26, 0
	exception 27, 0
	exception 28, 0
	exception 29, 1
	exception 30, 1
	exception 31, 0
	.balign ROOT_STUB_SIZE

/*
 * NMI and #MC only take a note. The stack has RIP, CS, RFLAGS, RSP, SS, then the word with struct
 * cpu.
 */
.macro note_entry increment, offset
	pushq	%rax
	pushq	%rcx
	movq	56(%rsp), %rax
	\increment	\offset(%rax)
	movq	16(%rsp), %rcx
	cmpq	$window_start, %rcx
	jb	return_without_iret
	cmpq	$window_end, %rcx
	jae	return_without_iret
	movq	$window_start, 16(%rsp)
	movq	CONFIG_STACK_TOP(%rax), %rcx
	subq	$FRAME_SIZE, %rcx
	movq	%rcx, 40(%rsp)
	jmp	return_without_iret
.endm

nmi_entry:
	note_entry incl, CONFIG_NMI_NOTED
mc_entry:
	note_entry incw, CONFIG_MC_NOTED

/*
 * The stack has RCX, RAX, RIP, CS, RFLAGS, RSP. Root code keeps no red zone, so the words below its
 * RSP are free.
 */
return_without_iret:
	movq	40(%rsp), %rax
	movq	16(%rsp), %rcx
	movq	%rcx, -8(%rax)
	movq	32(%rsp), %rcx
	movq	%rcx, -16(%rax)
	movq	8(%rsp), %rcx
	movq	%rcx, -24(%rax)
	popq	%rcx
	leaq	-24(%rax), %rsp
	popq	%rax
	popfq
	ret

/* The stack has vector, error code, RIP, CS, RFLAGS, RSP, SS, then the word with struct cpu. */
fault_common:
	push_registers
	cld
	movq	FRAME_SIZE + 56(%rsp), %rdi
	leaq	FRAME_SIZE(%rsp), %rsi
	call	fault_in_root
	pop_registers
	leaq	16(%rsp), %rsp
	pushq	%rax
	pushq	%rcx
	jmp	return_without_iret

	.section .note.GNU-stack, "", @progbits
