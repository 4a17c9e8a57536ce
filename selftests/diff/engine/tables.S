/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The engine's descriptor tables: what of them is constant, and how they are loaded. The rest is made by
 * descriptors.c.
 */
#define __ASSEMBLER__ 1
#include "../lhv.h"

	.text
/* The engine's own descriptor tables, TSS and segments. Uses RAX. */
	.globl	tables_load
tables_load:
	lgdt	own_gdtr(%rip)
	lidt	own_idtr(%rip)
	/* LTR wants it available, and makes it busy. */
	andb	$~2, gdt + LHV_SEL_TSS + 5(%rip)
	mov	$LHV_SEL_TSS, %eax
	ltr	%ax
	xor	%eax, %eax
	lldt	%ax
	mov	$LHV_SEL_DS, %eax
	mov	%eax, %ss
	mov	%eax, %ds
	mov	%eax, %es
	/* Back to our own CS. */
	pop	%rax
	push	$LHV_SEL_CS
	push	%rax
	lretq

	.data
	.balign	16
	.globl	gdt
gdt:
	.quad	0
	.quad	0x00cf9b000000ffff	/* 08: 32-bit code */
	.quad	0x00af9b000000ffff	/* 10: 64-bit code */
	.quad	0x00cf93000000ffff	/* 18: data */
	.quad	0x00cffb000000ffff	/* 20: user 32-bit code */
	.quad	0x00cff3000000ffff	/* 28: user data */
	.quad	0x00affb000000ffff	/* 30: user 64-bit code */
	.quad	0
	.quad	0, 0			/* 40: TSS, made by descriptors_make() */
	.quad	0x00c5930000000000	/* 50: data up to 0x50000fff */
	.quad	0x00cf91000000ffff	/* 58: read-only data */
	.quad	0x00cf99000000ffff	/* 60: execute-only code */
	.quad	0x00c5970000000001	/* 68: expand-down, valid from 0x50002000 on */
	.quad	0x00009b000000ffff	/* 70: 16-bit code, base made by descriptors_make() */
	.quad	0x00cf93001000ffff	/* 78: data, base 0x1000 */
	.quad	0, 0			/* 80: the kernel's TSS */
gdt_end:
	.skip	8
own_gdtr:
	.word	gdt_end - gdt - 1
	.quad	gdt
own_idtr:
	.word	16 * 256 - 1
	.quad	idt

	.bss
	.balign	4096
	.globl	idt
idt:		.skip	4096
	.section .note.GNU-stack, "", @progbits
