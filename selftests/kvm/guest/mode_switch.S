/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From real mode to flat 32-bit protected mode, to long mode, back to protected mode and to real
 * mode again, comm[0] times, with an exit to user space in each: its step number says where.
 */
#include "payload.inc"

#define IA32_EFER	0xc0000080
#define EFER_LME	(1 << 8)
#define CR0_PE		(1 << 0)
#define CR0_PG		(1 << 31)
#define CR4_PAE		(1 << 5)

GUEST(mode_switch)
	.code16
	movw	COMM(0), %bp
again:	cli
	movb	$1, %al
	outb	%al, $PORT_STEP
	lgdtl	AT(gdtr)
	movl	%cr0, %eax
	orb	$CR0_PE, %al
	movl	%eax, %cr0
	ljmpl	$SEL_CODE32, $AT(protected)

	.code32
protected:
	movl	$SEL_DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movb	$2, %al
	outb	%al, $PORT_STEP
	movl	%cr4, %eax
	orl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	$GUEST_PML4, %eax
	movl	%eax, %cr3
	movl	$IA32_EFER, %ecx
	rdmsr
	orl	$EFER_LME, %eax
	wrmsr
	movl	%cr0, %eax
	orl	$CR0_PG, %eax
	movl	%eax, %cr0
	ljmpl	$SEL_CODE64, $AT(long_mode)

	.code64
long_mode:
	movabs	$0x123456789abcdef0, %rbx
	movb	$3, %al
	outb	%al, $PORT_STEP
	shrq	$32, %rbx
	cmpl	$0x12345678, %ebx
	jne	lost
	ljmpl	*AT(to_compatibility)

	.code32
compatibility:
	movl	%cr0, %eax
	andl	$~CR0_PG, %eax
	movl	%eax, %cr0
	movl	$IA32_EFER, %ecx
	rdmsr
	andl	$~EFER_LME, %eax
	wrmsr
	movb	$4, %al
	outb	%al, $PORT_STEP
	ljmpl	$SEL_CODE16, $AT(protected16)

	.code16
protected16:
	movl	$SEL_DATA16, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	%cr0, %eax
	andb	$~CR0_PE, %al
	movl	%eax, %cr0
	ljmpw	$0, $AT(real)

real:	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	decw	%bp
	jnz	again
	xorb	%al, %al
	DONE

	.code64
lost:	movb	$1, %al
	DONE

	.balign 8
gdtr:	.word	SEL_DATA16 + 7
	.long	GUEST_GDT
to_compatibility:
	.long	AT(compatibility)
	.word	SEL_CODE32
GUEST_END(mode_switch)
