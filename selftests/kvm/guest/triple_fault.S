/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An exception while the IDT is empty. No handler of #GP or #DF can be called either.
 */
#include "payload.inc"

GUEST(triple_fault)
	.code32
	outb	%al, $PORT_STEP
	ud2
	movb	$1, %al
	DONE
GUEST_END(triple_fault)
