/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For each of 64 bits in comm[0], lowest first: write into that page of the slot if it is set, read
 * it otherwise. Stop at PORT_STEP and begin again with the next mask; a mask of 0 ends.
 */
#include "payload.inc"

GUEST(dirty_log)
	.code64
1:	movq	COMM(0), %rax
	testq	%rax, %rax
	jz	4f
	movl	$GUEST_SLOT, %ebx
	movl	$64, %ecx
2:	shrq	$1, %rax
	jc	3f
	movq	(%rbx), %rdx
	jmp	5f
3:	movq	%rcx, (%rbx)
5:	addq	$0x1000, %rbx
	decl	%ecx
	jnz	2b
	outb	%al, $PORT_STEP
	jmp	1b
4:	xorl	%eax, %eax
	DONE
GUEST_END(dirty_log)
