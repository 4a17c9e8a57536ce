/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The way from lhv.ko into the engine, and back. What is told to the processor again on the way back is
 * written down on the way in; the rest of the kernel's state is state.c's.
 */
#define __ASSEMBLER__ 1
#include "../lhv.h"
#include "saved.inc"

	.section .header, "awx"
	jmp	start
	.balign	8
	.skip	8 * 95 + 4 * 256

	.text
start:
	push_saved
	pushfq
	mov	%rsp, kernel_rsp(%rip)
	sgdt	state_kernel_gdtr(%rip)
	sidt	kernel_idtr(%rip)
	sldt	kernel_ldtr(%rip)
	str	state_kernel_tr(%rip)
	mov	%ds, kernel_ds(%rip)
	mov	%es, kernel_es(%rip)
	mov	%fs, kernel_fs(%rip)
	mov	%gs, kernel_gs(%rip)
	lea	main_stack_end(%rip), %rsp
	cld
	call	descriptors_make
	call	tables_load
	lea	leave(%rip), %rax
	mov	%rax, frame_give_up(%rip)
	call	engine_run
leave:
	lea	main_stack_end(%rip), %rsp
	call	state_tidy
	/* An IRET, should NMIs still be blocked by one that hit the guest. */
	mov	%rsp, %rax
	push	$LHV_SEL_DS
	push	%rax
	pushfq
	push	$LHV_SEL_CS
	lea	1f(%rip), %rax
	push	%rax
	iretq
	/* The kernel's TSS is loaded by way of the engine's copy of its descriptor, which state_tidy() has made. */
1:	ltr	state_kernel_tr(%rip)
	lgdt	state_kernel_gdtr(%rip)
	lidt	kernel_idtr(%rip)
	lldt	kernel_ldtr(%rip)
	mov	kernel_ds(%rip), %ds
	mov	kernel_es(%rip), %es
	mov	kernel_fs(%rip), %fs
	mov	kernel_gs(%rip), %gs
	mov	$LHV_SEL_DS, %eax
	mov	%eax, %ss
	call	state_restore_msrs
	mov	kernel_rsp(%rip), %rsp
	popfq
	pop_saved
	ret

	.data
	.balign	8
kernel_rsp:	.quad	0
kernel_idtr:	.skip	16
kernel_ldtr:	.word	0
kernel_ds:	.word	0
kernel_es:	.word	0
kernel_fs:	.word	0
kernel_gs:	.word	0

	.bss
	.balign	16
main_stack:	.skip	8192
main_stack_end:	.skip	16
	.section .note.GNU-stack, "", @progbits
