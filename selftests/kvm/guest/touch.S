/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Walk comm[1] pages from address comm[0] on, in three rounds that the VMM starts one by one:
 * write a word into each, read it back, and read it once more. Each round's sum is in comm[2..4].
 */
#include "payload.inc"

#define PAGE_SIZE 4096

GUEST(touch)
	.code32
	movl	COMM(0), %ebx
	movl	COMM(1), %ecx
1:	movl	%ebx, %eax
	imull	$0x9e3779b1, %eax, %eax
	movl	%eax, (%ebx)
	addl	%eax, COMM(2)
	addl	$PAGE_SIZE, %ebx
	decl	%ecx
	jnz	1b
	movl	$COMM(3), %edi
	outb	%al, $PORT_STEP
	call	sum
	movl	$COMM(4), %edi
	outb	%al, $PORT_STEP
	call	sum
	xorl	%eax, %eax
	DONE

sum:	movl	COMM(0), %ebx
	movl	COMM(1), %ecx
2:	movl	(%ebx), %eax
	addl	%eax, (%edi)
	addl	$PAGE_SIZE, %ebx
	decl	%ecx
	jnz	2b
	ret
GUEST_END(touch)
