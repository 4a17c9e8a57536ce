/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copy the first word of the slot to comm[1] and stop at PORT_STEP, comm[0] times. The VMM changes
 * what the slot maps to meanwhile.
 */
#include "payload.inc"

GUEST(remap)
	.code32
	movl	COMM(0), %esi
1:	movl	GUEST_SLOT, %eax
	movl	%eax, COMM(1)
	outb	%al, $PORT_STEP
	decl	%esi
	jnz	1b
	xorl	%eax, %eax
	DONE
GUEST_END(remap)
