/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Count CPUIDs in comm[1] until the VMM sets comm[0], and then comm[2] more.
 */
#include "payload.inc"

GUEST(steady)
	.code32
1:	xorl	%eax, %eax
	cpuid
	incl	COMM(1)
	cmpl	$0, COMM(0)
	je	1b
	decl	COMM(2)
	jnz	1b
	xorl	%eax, %eax
	DONE
GUEST_END(steady)
