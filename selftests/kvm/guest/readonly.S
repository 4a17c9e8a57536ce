/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Read a word of a read-only slot, write another value to it, read it again: comm[0] and comm[1]
 * are what was read.
 */
#include "payload.inc"

GUEST(readonly)
	.code32
	movl	GUEST_SLOT + 0x10, %eax
	movl	%eax, COMM(0)
	movl	$0x600dbad0, GUEST_SLOT + 0x10
	movl	GUEST_SLOT + 0x10, %eax
	movl	%eax, COMM(1)
	xorl	%eax, %eax
	DONE
GUEST_END(readonly)
