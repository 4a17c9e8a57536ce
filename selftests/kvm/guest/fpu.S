/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * x87 and SSE registers hold their values over exits to the kernel (CPUID) and to user space
 * (PORT_STEP), comm[0] times.
 */
#include "payload.inc"

GUEST(fpu)
	.code64
	fninit
	fldpi
	fldl2e
	fld1
	movl	$0x01010101, %eax
	movd	%eax, %xmm0
	pshufd	$0, %xmm0, %xmm0
	.irp	i, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
	movdqa	%xmm0, %xmm\i
	pslld	$(\i % 7), %xmm\i
	.endr

	movq	COMM(0), %rsi
1:	xorl	%eax, %eax
	cpuid
	outb	%al, $PORT_STEP
	.irp	i, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
	subq	$16, %rsp
	movdqa	%xmm0, (%rsp)
	pslld	$(\i % 7), %xmm0
	pcmpeqd	%xmm\i, %xmm0
	pmovmskb %xmm0, %eax
	movdqa	(%rsp), %xmm0
	addq	$16, %rsp
	cmpl	$0xffff, %eax
	movb	$1, %al
	jne	2f
	.endr
	decq	%rsi
	jnz	1b

	/* The x87 stack, from the top: 1, log2(e), pi. */
	fld1
	fcomip	%st(1), %st
	movb	$2, %al
	jne	2f
	fstp	%st(0)
	fldl2e
	fcomip	%st(1), %st
	movb	$3, %al
	jne	2f
	fstp	%st(0)
	fldpi
	fcomip	%st(1), %st
	movb	$4, %al
	jne	2f
	xorl	%eax, %eax
2:	DONE
GUEST_END(fpu)
