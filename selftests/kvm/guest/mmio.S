/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * MMIO reads and writes of 1, 2, 4 and 8 bytes, comm[0] times: what was read is written back
 * inverted.
 */
#include "payload.inc"

GUEST(mmio)
	.code64
	movq	COMM(0), %rsi
	movl	$GUEST_MMIO, %ebx
1:	movb	(%rbx), %al
	notb	%al
	movb	%al, (%rbx)
	movw	0x10(%rbx), %ax
	notw	%ax
	movw	%ax, 0x10(%rbx)
	movl	0x20(%rbx), %eax
	notl	%eax
	movl	%eax, 0x20(%rbx)
	movq	0x1030(%rbx), %rax
	notq	%rax
	movq	%rax, 0x1030(%rbx)
	decq	%rsi
	jnz	1b
	xorl	%eax, %eax
	DONE
GUEST_END(mmio)
