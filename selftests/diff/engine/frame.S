/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between the engine and the code it tries out.
 *
 *	frame_enter()	run what "frame" says with the registers "regs"; it comes back
 *	frame_vectors	by an exception, or the INT that ends the code
 *	frame_host	by a VM exit: HOST_RIP
 *
 * frame_enter() returns to its caller whichever way the code ended; "frame" tells which. After a VM exit
 * nothing but RIP and CR3 can be relied on: what was found is written down before it is mended.
 */
#define __ASSEMBLER__ 1
#include "../lhv.h"
#include "saved.inc"

#define OUT_DONE	1
#define OUT_FAULT	2
#define OUT_EXIT	3

	.macro	save_gprs
	mov	%rax, regs + 0x00(%rip)
	mov	%rcx, regs + 0x08(%rip)
	mov	%rdx, regs + 0x10(%rip)
	mov	%rbx, regs + 0x18(%rip)
	mov	%rbp, regs + 0x28(%rip)
	mov	%rsi, regs + 0x30(%rip)
	mov	%rdi, regs + 0x38(%rip)
	mov	%r8,  regs + 0x40(%rip)
	mov	%r9,  regs + 0x48(%rip)
	mov	%r10, regs + 0x50(%rip)
	mov	%r11, regs + 0x58(%rip)
	mov	%r12, regs + 0x60(%rip)
	mov	%r13, regs + 0x68(%rip)
	mov	%r14, regs + 0x70(%rip)
	mov	%r15, regs + 0x78(%rip)
	.endm

	.macro	load_gprs
	mov	regs + 0x00(%rip), %rax
	mov	regs + 0x08(%rip), %rcx
	mov	regs + 0x10(%rip), %rdx
	mov	regs + 0x18(%rip), %rbx
	mov	regs + 0x28(%rip), %rbp
	mov	regs + 0x30(%rip), %rsi
	mov	regs + 0x38(%rip), %rdi
	mov	regs + 0x40(%rip), %r8
	mov	regs + 0x48(%rip), %r9
	mov	regs + 0x50(%rip), %r10
	mov	regs + 0x58(%rip), %r11
	mov	regs + 0x60(%rip), %r12
	mov	regs + 0x68(%rip), %r13
	mov	regs + 0x70(%rip), %r14
	mov	regs + 0x78(%rip), %r15
	.endm

	.globl	frame_enter
frame_enter:
	push_saved
	mov	%rsp, engine_rsp(%rip)
	pushq	frame_ss(%rip)
	pushq	frame_rsp(%rip)
	pushq	frame_rflags(%rip)
	pushq	frame_cs(%rip)
	pushq	frame_rip(%rip)
	mov	frame_ds(%rip), %ds
	mov	frame_es(%rip), %es
	cmpb	$0, frame_load_fs(%rip)
	je	1f
	mov	frame_fs(%rip), %fs
1:	movb	$1, running(%rip)
	load_gprs
	iretq

/* Back to frame_enter()'s caller. */
land:
	movb	$0, running(%rip)
	mov	engine_rsp(%rip), %rsp
	push	$2
	popfq
	pop_saved
	ret

vector_common:	/* on the stack: vector, error code, RIP, CS, RFLAGS, RSP, SS */
	cmpq	$2, (%rsp)
	je	nmi
	cmpq	$LHV_INT_DONE, (%rsp)
	je	1f
	cmpq	$32, (%rsp)
	jae	interrupt
	cmpb	$0, running(%rip)
	je	own_fault
1:	save_gprs
	mov	%ds, found_ds(%rip)
	mov	%es, found_es(%rip)
	mov	%fs, found_fs(%rip)
	mov	%gs, found_gs(%rip)
	pop	%rax
	mov	%rax, frame_vector(%rip)
	mov	$OUT_FAULT, %ecx
	mov	$OUT_DONE, %edx
	cmp	$LHV_INT_DONE, %rax
	cmove	%edx, %ecx
	mov	%rcx, frame_kind(%rip)
	pop	frame_error(%rip)
	pop	frame_rip(%rip)
	pop	frame_cs(%rip)
	pop	frame_rflags(%rip)
	pop	frame_rsp(%rip)
	pop	frame_ss(%rip)
	mov	frame_rsp(%rip), %rax
	mov	%rax, regs + 0x20(%rip)
	mov	%cr2, %rax
	mov	%rax, frame_cr2(%rip)
	mov	engine_rsp(%rip), %rsp
	call	tables_load
	jmp	land

nmi:
	add	$16, %rsp
	incq	nmis(%rip)
	iretq

/* Count it and acknowledge it. */
interrupt:
	xchg	%rax, (%rsp)
	mov	%rax, last_interrupt(%rip)
	incq	interrupts(%rip)
	push	%rcx
	push	%rdx
	push	%rsi
	push	%rdi
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	mov	%rax, %rdi
	call	apic_taken
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rdi
	pop	%rsi
	pop	%rdx
	pop	%rcx
	pop	%rax
	add	$8, %rsp
	iretq

/* A fault of the engine: expected at an instruction with a fixup, else the program ends here. */
own_fault:
	push	%rax
	push	%rcx
	mov	32(%rsp), %rcx
	lea	safe_fixups(%rip), %rax
1:	cmp	%rcx, (%rax)
	je	2f
	add	$16, %rax
	cmpq	$0, (%rax)
	jne	1b
	mov	%rcx, own_fault_rip(%rip)
	mov	16(%rsp), %rcx
	mov	%rcx, own_fault_vector(%rip)
	jmp	*frame_give_up(%rip)
2:	mov	8(%rax), %rcx
	mov	%rcx, 32(%rsp)
	pop	%rcx
	pop	%rax
	add	$16, %rsp
	iretq

	.globl	frame_host, frame_host_other
frame_host_other:
	nop
frame_host:
	save_gprs
	mov	%rsp, regs + 0x20(%rip)
	lea	land_stack_end(%rip), %rsp
	pushfq
	pop	frame_rflags(%rip)
	mov	%cs, found_cs(%rip)
	mov	%ss, found_ss(%rip)
	mov	%ds, found_ds(%rip)
	mov	%es, found_es(%rip)
	mov	%fs, found_fs(%rip)
	mov	%gs, found_gs(%rip)
	sldt	found_ldtr(%rip)
	str	found_tr(%rip)
	sgdt	found_gdtr(%rip)
	sidt	found_idtr(%rip)
	movq	$OUT_EXIT, frame_kind(%rip)
	call	tables_load
	jmp	land

/* One entry per vector, 16 bytes each. */
	.balign	16
	.globl	frame_vectors
frame_vectors:
	.set	vector, 0
	.rept	256
	.balign	16
	.if	!(vector == 8 || vector == 17 || vector == 21 || (vector >= 10 && vector <= 14))
	push	$0
	.endif
	push	$vector
	jmp	vector_common
	.set	vector, vector + 1
	.endr

	.data
	.balign	16
	.globl	regs, running
regs:		.skip	16 * 8
	.balign	8
	.globl	frame_ss, frame_rsp, frame_rflags, frame_cs, frame_rip, frame_kind, frame_vector
	.globl	frame_error, frame_cr2, frame_ds, frame_es, frame_fs, frame_load_fs
frame_ss:	.quad	0
frame_rsp:	.quad	0
frame_rflags:	.quad	0
frame_cs:	.quad	0
frame_rip:	.quad	0
frame_kind:	.quad	0
frame_vector:	.quad	0
frame_error:	.quad	0
frame_cr2:	.quad	0
	.globl	nmis, interrupts, last_interrupt, own_fault_rip, own_fault_vector
nmis:		.quad	0
interrupts:	.quad	0
last_interrupt:	.quad	0
own_fault_rip:	.quad	0
own_fault_vector: .quad	0
engine_rsp:	.quad	0
	.globl	frame_give_up
frame_give_up:	.quad	0	/* where to go on after a fault of the engine itself */
	.globl	found_gdtr, found_idtr
	.balign	8
	.skip	6
found_gdtr:	.skip	10	/* the base is aligned */
	.skip	6
found_idtr:	.skip	10
	.globl	found_cs, found_ss, found_ds, found_es, found_fs, found_gs, found_ldtr, found_tr
found_cs:	.word	0
found_ss:	.word	0
found_ds:	.word	0
found_es:	.word	0
found_fs:	.word	0
found_gs:	.word	0
found_ldtr:	.word	0
found_tr:	.word	0
frame_ds:	.word	0
frame_es:	.word	0
frame_fs:	.word	0
frame_load_fs:	.byte	0
running:	.byte	0

	.bss
	.balign	16
	.globl	land_stack_end, fault_stack_end, nmi_stack_end
		.skip	2048
land_stack_end:	.skip	16
		.skip	4096
fault_stack_end: .skip	16
		.skip	4096
nmi_stack_end:	.skip	16
	.section .note.GNU-stack, "", @progbits
