/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Spin until the VMM sets comm[1], with interrupts on if comm[0] is not 0. Every register has a
 * value that it must still have then, whatever interrupted the guest.
 */
#include "payload.inc"

GUEST(spin)
	.code32
	cmpl	$0, COMM(0)
	je	1f
	sti
1:	movl	$0x11111111, %eax
	movl	$0x22222222, %ebx
	movl	$0x33333333, %ecx
	movl	$0x44444444, %edx
	movl	$0x55555555, %esi
	movl	$0x66666666, %edi
	movl	$0x77777777, %ebp
2:	cmpl	$0, COMM(1)
	je	2b
	cli
	/* The sum of the seven is 0xdddddddc, and no single change leaves it. */
	addl	%ebx, %eax
	addl	%ecx, %eax
	addl	%edx, %eax
	addl	%esi, %eax
	addl	%edi, %eax
	addl	%ebp, %eax
	subl	$0xdddddddc, %eax
	setnz	%al
	DONE
GUEST_END(spin)
