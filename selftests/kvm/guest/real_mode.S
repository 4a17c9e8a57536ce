/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Real mode: segments with a base, a software interrupt through the vector table, CPUID, and a loop
 * of 16-bit arithmetic. comm[0] is the sum.
 */
#include "payload.inc"

GUEST(real_mode)
	.code16
	movw	$AT(handler), 4 * 0x80
	movw	$0, 4 * 0x80 + 2

	/* DS with a base of 0x6000: the communication page is at 0x1000 in it. */
	movw	$0x600, %ax
	movw	%ax, %ds
	movw	$1000, %cx
	xorw	%ax, %ax
1:	addw	%cx, %ax
	loop	1b
	movw	%ax, GUEST_COMM - 0x6000
	outb	%al, $PORT_STEP

	int	$0x80
	cmpw	$0x1234, %bx
	movb	$1, %al
	jne	2f
	movl	$LEAF_TEST, %eax
	cpuid
	xorb	%al, %al
2:	DONE

handler:
	movw	$0x1234, %bx
	iretw
GUEST_END(real_mode)
