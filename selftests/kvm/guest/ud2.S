/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * UD2, comm[0] times; the handler counts in comm[1] and steps over it.
 */
#include "payload.inc"

GUEST(ud2)
	.code32
	GATE32(6, invalid_opcode)
	movl	COMM(0), %esi
1:	ud2
	decl	%esi
	jnz	1b
	xorl	%eax, %eax
	DONE

invalid_opcode:
	incl	COMM(1)
	addl	$2, (%esp)
	iretl
GUEST_END(ud2)
