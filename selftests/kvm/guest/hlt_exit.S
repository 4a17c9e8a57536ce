/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * HLT, comm[0] times; comm[1] counts those that the guest came back from.
 */
#include "payload.inc"

GUEST(hlt_exit)
	.code32
	movl	COMM(0), %esi
1:	hlt
	incl	COMM(1)
	decl	%esi
	jnz	1b
	xorl	%eax, %eax
	DONE
GUEST_END(hlt_exit)
