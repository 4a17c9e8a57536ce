/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The VMX instructions, each as a small function with a memory operand, in 64-bit and in 32-bit
 * code. struct stub of badvmx.h is an entry of the tables.
 *
 * 64-bit stubs are called with a pointer in RDI, and never return but by a signal. 32-bit stubs are
 * copied below 4 GiB and entered by a far jump with a pointer in EDI. Both end in INT3: an
 * instruction that faults not is SIGTRAP. VMFUNC is in the list as it belongs to no privilege level.
 */
	.macro vmx_stubs bits, register, pointer
	stub \bits, vmcall, vmcall
	stub \bits, vmclear, vmclear (%\pointer)
	stub \bits, vmlaunch, vmlaunch
	stub \bits, vmptrld, vmptrld (%\pointer)
	stub \bits, vmptrst, vmptrst (%\pointer)
	stub \bits, vmread, vmread %\register, (%\pointer)
	stub \bits, vmresume, vmresume
	stub \bits, vmwrite, vmwrite (%\pointer), %\register
	stub \bits, vmxoff, vmxoff
	stub \bits, vmxon, vmxon (%\pointer)
	stub \bits, invept, invept (%\pointer), %\register
	stub \bits, invvpid, invvpid (%\pointer), %\register
	stub \bits, vmfunc, vmfunc
	.endm

	/* One stub in .text, and its line of the table. */
	.macro stub bits, name, instruction:vararg
	.text
	.code\bits
stub_\bits\()_\name:
	\instruction
	int3
stub_\bits\()_\name\()_end:
	.section .rodata.names, "a"
name_\bits\()_\name:
	.asciz	"\name"
	.section .data.rel.ro, "aw"
	.quad	name_\bits\()_\name, stub_\bits\()_\name, stub_\bits\()_\name\()_end
	.endm

	.section .data.rel.ro, "aw"
	.balign	8
	.globl	stubs64
stubs64:
	vmx_stubs 64, rax, rdi
	.quad	0, 0, 0

	.globl	stubs32
stubs32:
	vmx_stubs 32, eax, edi
	.quad	0, 0, 0

	.text
	.code64
	/* void enter_compat(uint32_t entry, uint32_t edi): leave 64-bit mode for the 32-bit stub. */
	.globl	enter_compat
	.type	enter_compat, @function
enter_compat:
	movl	$0x2b, %eax	/* user data; DS is null in 64-bit code, where it does not matter */
	movl	%eax, %ds
	movl	%edi, %eax
	movl	%esi, %edi
	pushq	$0x23		/* Linux's 32-bit user code segment */
	pushq	%rax
	lretq

	.section .note.GNU-stack, "", @progbits
