/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMCALL with a number that no hypervisor has, comm[0] times; the answers are summed up in comm[1].
 */
#include "payload.inc"

GUEST(vmcall_loop)
	.code32
	movl	COMM(0), %esi
1:	movl	$0x7fff0000, %eax
	vmcall
	addl	%eax, COMM(1)
	decl	%esi
	jnz	1b
	xorl	%eax, %eax
	DONE
GUEST_END(vmcall_loop)
