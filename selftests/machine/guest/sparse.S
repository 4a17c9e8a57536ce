/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Read comm[1] words from address comm[0] on, comm[3] bytes apart, and add them to comm[2]. Then the
 * VMM may ask for more.
 */
#include "payload.inc"

GUEST(sparse)
	.code64
1:	movq	COMM(0), %rbx
	movq	COMM(1), %rcx
2:	movq	(%rbx), %rax
	addq	%rax, COMM(2)
	addq	COMM(3), %rbx
	decq	%rcx
	jnz	2b
	movq	%rbx, COMM(0)
	outb	%al, $PORT_STEP
	jmp	1b
GUEST_END(sparse)
