/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instructions of one byte each, so that single steps are one byte apart. EAX counts them.
 */
#include "payload.inc"

GUEST(single_step)
	.code32
	outb	%al, $PORT_STEP
	.rept	20
	incl	%eax
	.endr
	outb	%al, $PORT_STEP
	xorl	%eax, %eax
	DONE
GUEST_END(single_step)
