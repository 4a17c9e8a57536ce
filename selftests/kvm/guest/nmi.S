/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stop at PORT_STEP, where the VMM sends an NMI, and spin until it has come, comm[0] times.
 * comm[1] counts the NMIs. Interrupts are off: an NMI does not ask for them.
 */
#include "payload.inc"

GUEST(nmi)
	.code32
	GATE32(2, nmi)
	movl	COMM(0), %esi
1:	movl	COMM(1), %ebx
	outb	%al, $PORT_STEP
2:	cmpl	COMM(1), %ebx
	je	2b
	decl	%esi
	jnz	1b
	xorl	%eax, %eax
	DONE

nmi:	incl	COMM(1)
	iretl
GUEST_END(nmi)
