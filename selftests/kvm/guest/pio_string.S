/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * REP OUTSB of the 16 bytes at GUEST_DATA, then REP INSB of 16 bytes after them.
 */
#include "payload.inc"

GUEST(pio_string)
	.code32
	movl	$GUEST_DATA, %esi
	movl	$GUEST_DATA + 16, %edi
	movw	$PORT_DATA, %dx
	movl	$16, %ecx
	rep outsb
	movl	$16, %ecx
	rep insb
	/* Both pointers and the counter have moved. */
	movb	$1, %al
	cmpl	$GUEST_DATA + 16, %esi
	jne	1f
	cmpl	$GUEST_DATA + 32, %edi
	jne	1f
	testl	%ecx, %ecx
	jnz	1f
	xorl	%eax, %eax
1:	DONE
GUEST_END(pio_string)
