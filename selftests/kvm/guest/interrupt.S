/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tell the VMM with interrupts off, turn them on and spin until interrupt 0x40 or 0x41 has come,
 * comm[0] times. comm[1] and comm[2] count them.
 */
#include "payload.inc"

GUEST(interrupt)
	.code32
	GATE32(0x40, even)
	GATE32(0x41, odd)
	movl	COMM(0), %esi
1:	movl	$0, COMM(3)
	outb	%al, $PORT_STEP
	sti
2:	cmpl	$0, COMM(3)
	je	2b
	cli
	decl	%esi
	jnz	1b
	xorl	%eax, %eax
	DONE

even:	incl	COMM(1)
	incl	COMM(3)
	iretl

odd:	incl	COMM(2)
	incl	COMM(3)
	iretl
GUEST_END(interrupt)
