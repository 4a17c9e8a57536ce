/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Write IA32_SYSENTER_CS, _ESP and _EIP (0x174 to 0x176), leave by CPUID, and read them back,
 * comm[0] times with values that change.
 */
#include "payload.inc"

#define IA32_SYSENTER_CS 0x174

GUEST(msr_sysenter)
	.code32
	movl	COMM(0), %esi
1:	movl	$IA32_SYSENTER_CS, %ecx
2:	movl	%esi, %eax
	imull	%ecx, %eax
	xorl	%edx, %edx
	wrmsr
	incl	%ecx
	cmpl	$IA32_SYSENTER_CS + 3, %ecx
	jne	2b

	xorl	%eax, %eax
	cpuid

	movl	$IA32_SYSENTER_CS, %ecx
3:	movl	%esi, %edi
	imull	%ecx, %edi
	rdmsr
	cmpl	%edi, %eax
	movb	$1, %al
	jne	4f
	incl	%ecx
	cmpl	$IA32_SYSENTER_CS + 3, %ecx
	jne	3b

	decl	%esi
	jnz	1b
	xorl	%eax, %eax
4:	DONE
GUEST_END(msr_sysenter)
