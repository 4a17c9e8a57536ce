/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turn EFER.SCE and EFER.NXE on and off, comm[0] times, and read each back. Ends with SCE alone.
 */
#include "payload.inc"

#define IA32_EFER	0xc0000080
#define EFER_SCE	(1 << 0)
#define EFER_NXE	(1 << 11)

GUEST(msr_efer)
	.code32
	movl	COMM(0), %esi
	movl	$IA32_EFER, %ecx
1:	xorl	%edx, %edx
	movl	$EFER_SCE | EFER_NXE, %eax
	wrmsr
	xorl	%eax, %eax
	rdmsr
	cmpl	$EFER_SCE | EFER_NXE, %eax
	movb	$1, %al
	jne	2f
	movl	$EFER_SCE, %eax
	wrmsr
	xorl	%eax, %eax
	rdmsr
	cmpl	$EFER_SCE, %eax
	movb	$2, %al
	jne	2f
	decl	%esi
	jnz	1b
	xorl	%eax, %eax
2:	DONE
GUEST_END(msr_efer)
