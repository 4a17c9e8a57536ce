/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RDMSR and WRMSR of an MSR that does not exist, comm[0] times: each must be #GP(0).
 * comm[1] counts them.
 */
#include "payload.inc"

GUEST(msr_unknown)
	.code32
	GATE32(13, general_protection)
	movl	COMM(0), %esi
	movl	$0xc0debabe, %ecx
1:	rdmsr
	wrmsr
	decl	%esi
	jnz	1b
	xorl	%eax, %eax
	DONE

general_protection:
	popl	%ebx
	testl	%ebx, %ebx
	movb	$1, %al
	jnz	2f
	incl	COMM(1)
	addl	$2, (%esp)		/* both instructions are two bytes long */
	iretl
2:	DONE
GUEST_END(msr_unknown)
