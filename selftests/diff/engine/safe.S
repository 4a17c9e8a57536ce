/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instructions that may fault: -1 then, else RFLAGS (for MSRs 0). Where each is, and where to go on after a
 * fault, is in a table that ends with zeros.
 */
	.macro	fixup insn, to
	.section .fixups, "aw"
	.quad	\insn, \to
	.text
	.endm

	.section .fixups, "aw"
	.globl	safe_fixups
safe_fixups:

	.text
	.globl	safe_vmread, safe_vmwrite, safe_vmclear, safe_rdmsr, safe_wrmsr, safe_vmxoff
safe_vmread:	/* (field, *value) */
1:	vmread	%rdi, %rax
	mov	%rax, %rcx
	pushfq
	pop	%rax
	test	$0x41, %al
	jnz	2f
	mov	%rcx, (%rsi)
2:	ret
	fixup	1b, faulted

safe_vmwrite:	/* (field, value) */
1:	vmwrite	%rsi, %rdi
	pushfq
	pop	%rax
	ret
	fixup	1b, faulted

safe_vmclear:	/* (*address) */
1:	vmclear	(%rdi)
	pushfq
	pop	%rax
	ret
	fixup	1b, faulted

safe_vmxoff:
1:	vmxoff
	pushfq
	pop	%rax
	ret
	fixup	1b, faulted

safe_rdmsr:	/* (msr, *value) */
	mov	%edi, %ecx
1:	rdmsr
	shl	$32, %rdx
	or	%rdx, %rax
	mov	%rax, (%rsi)
	xor	%eax, %eax
	ret
	fixup	1b, faulted

safe_wrmsr:	/* (msr, value) */
	mov	%edi, %ecx
	mov	%esi, %eax
	mov	%rsi, %rdx
	shr	$32, %rdx
1:	wrmsr
	xor	%eax, %eax
	ret
	fixup	1b, faulted

faulted:
	mov	$-1, %rax
	ret

	.section .fixups.end, "aw"
	.quad	0, 0
	.section .note.GNU-stack, "", @progbits
