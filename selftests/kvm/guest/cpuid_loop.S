/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CPUID, comm[0] times; each of the four registers is summed up into comm[1..4].
 */
#include "payload.inc"

GUEST(cpuid_loop)
	.code32
	movl	COMM(0), %esi
1:	movl	$LEAF_TEST, %eax
	xorl	%ecx, %ecx
	cpuid
	addl	%eax, COMM(1)
	addl	%ebx, COMM(2)
	addl	%ecx, COMM(3)
	addl	%edx, COMM(4)
	decl	%esi
	jnz	1b
	xorl	%eax, %eax
	DONE
GUEST_END(cpuid_loop)
