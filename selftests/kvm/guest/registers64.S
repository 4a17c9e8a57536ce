/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The sixteen general registers and the bases of FS, GS and KERNEL_GS in 64-bit mode, over exits to
 * user space, comm[0] times.
 */
#include "payload.inc"

#define IA32_FS_BASE		0xc0000100
#define IA32_GS_BASE		0xc0000101
#define IA32_KERNEL_GS_BASE	0xc0000102

.macro set_base msr, high, low
	movl	$\msr, %ecx
	movl	$\high, %edx
	movl	$\low, %eax
	wrmsr
.endm

.macro check_base msr, high, low
	movl	$\msr, %ecx
	rdmsr
	cmpl	$\high, %edx
	jne	9f
	cmpl	$\low, %eax
	jne	9f
.endm

.macro each_register operation
	\operation rax, 0x0101010101010101
	\operation rbx, 0x1212121212121212
	\operation rcx, 0x2323232323232323
	\operation rdx, 0x3434343434343434
	\operation rsi, 0x4545454545454545
	\operation rdi, 0x5656565656565656
	\operation rbp, 0x6767676767676767
	\operation r8, 0x7878787878787878
	\operation r9, 0x8989898989898989
	\operation r10, 0x9a9a9a9a9a9a9a9a
	\operation r11, 0xabababababababab
	\operation r12, 0xbcbcbcbcbcbcbcbc
	\operation r13, 0xcdcdcdcdcdcdcdcd
	\operation r14, 0xdededededededede
.endm

.macro set_register register, value
	movabs	$\value, %\register
.endm

/* Changes R15, which is the counter's until then. */
.macro check_register register, value
	movabs	$\value, %r15
	cmpq	%\register, %r15
	jne	8f
.endm

GUEST(registers64)
	.code64
	set_base IA32_FS_BASE, 0x1234, 0x56789abc
	set_base IA32_GS_BASE, 0xffff8000, 0x11223344
	set_base IA32_KERNEL_GS_BASE, 0x7fff, 0x55667788
	movq	COMM(0), %r15
1:	pushq	%r15
	each_register set_register
	outb	%al, $PORT_STEP
	each_register check_register
	popq	%r15
	decq	%r15
	jnz	1b

	check_base IA32_FS_BASE, 0x1234, 0x56789abc
	check_base IA32_GS_BASE, 0xffff8000, 0x11223344
	check_base IA32_KERNEL_GS_BASE, 0x7fff, 0x55667788
	xorl	%eax, %eax
	DONE
8:	movb	$1, %al
	DONE
9:	movb	$2, %al
	DONE
GUEST_END(registers64)
