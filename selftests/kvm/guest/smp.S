/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two vCPUs, numbered in EDI: each says that it is there and waits for the other, then both
 * increment comm[1] with a locked instruction, comm[0] times each.
 */
#include "payload.inc"

GUEST(smp)
	.code32
	lock incl COMM(2)
1:	pause
	cmpl	$2, COMM(2)
	jne	1b
	movl	COMM(0), %ecx
2:	lock incl COMM(1)
	decl	%ecx
	jnz	2b
	xorl	%eax, %eax
	DONE
GUEST_END(smp)
