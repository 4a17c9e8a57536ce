/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stop at PORT_STEP; the VMM injects #GP, whose handler leaves the error code in comm[0].
 */
#include "payload.inc"

GUEST(inject)
	.code32
	GATE32(13, general_protection)
	outb	%al, $PORT_STEP
	movb	$1, %al
	DONE

general_protection:
	popl	COMM(0)
	xorl	%eax, %eax
	DONE
GUEST_END(inject)
