/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Port I/O of each size, comm[0] times: write the counter, read it back changed by the VMM.
 */
#include "payload.inc"

GUEST(pio)
	.code32
	movl	COMM(0), %esi
1:	movl	%esi, %eax
	movw	$PORT_DATA, %dx
	outb	%al, %dx
	outw	%ax, %dx
	outl	%eax, %dx
	/* A narrow IN leaves the upper part of EAX alone. */
	movl	$0xaabbccdd, %eax
	inb	%dx, %al
	addl	%eax, COMM(1)
	movl	$0xaabbccdd, %eax
	inw	%dx, %ax
	addl	%eax, COMM(2)
	inl	%dx, %eax
	addl	%eax, COMM(3)
	decl	%esi
	jnz	1b
	xorl	%eax, %eax
	DONE
GUEST_END(pio)
