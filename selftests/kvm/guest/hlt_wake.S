/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sleep in HLT until interrupt 0x40 comes, comm[0] times; comm[1] counts the interrupts. The local
 * APIC is the in-kernel one, so each ends with a write to its EOI register.
 */
#include "payload.inc"

#define APIC_EOI 0xfee000b0

GUEST(hlt_wake)
	.code32
	GATE32(0x40, interrupt)
	movl	COMM(0), %esi
1:	outb	%al, $PORT_STEP
	sti
	hlt
	cli
	decl	%esi
	jnz	1b
	xorl	%eax, %eax
	DONE

interrupt:
	incl	COMM(1)
	movl	$0, APIC_EOI
	iretl
GUEST_END(hlt_wake)
