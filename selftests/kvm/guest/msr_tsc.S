/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Set the TSC far ahead, comm[0] times: RDTSC and RDMSR must go on from the value that was written.
 */
#include "payload.inc"

#define IA32_TSC 0x10

GUEST(msr_tsc)
	.code32
	movl	COMM(0), %esi
1:	movl	%esi, %edx
	shll	$8, %edx
	xorl	%eax, %eax
	movl	$IA32_TSC, %ecx
	wrmsr
	shll	$8, %esi
	rdtsc
	cmpl	%esi, %edx
	movb	$1, %al
	jne	2f
	rdmsr
	cmpl	%esi, %edx
	movb	$2, %al
	jne	2f
	shrl	$8, %esi
	decl	%esi
	jnz	1b
	xorl	%eax, %eax
2:	DONE
GUEST_END(msr_tsc)
