/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest with page tables of its own: it maps a window of 4 KiB pages in reverse order, writes
 * through it and reads the frames directly, then meets #PF for a page that is not present and for
 * one that is read-only, mends both in the handler and goes on.
 *
 * comm[0..2]: faults taken, the last error code, the last CR2.
 */
#include "payload.inc"

#define ROOT	0x200000	/* PML4, PDPT, PD, PT, one after another */
#define FRAMES	0x300000
#define PAGES	16
#define WINDOW	0x8000000000	/* PML4 entry 1; the identity map stays in entry 0 */

GUEST(page_tables)
	.code64
	GATE64(14, page_fault)
	movq	$GUEST_PDPT + 3, ROOT
	movq	$ROOT + 0x1000 + 3, ROOT + 8
	movq	$ROOT + 0x2000 + 3, ROOT + 0x1000
	movq	$ROOT + 0x3000 + 3, ROOT + 0x2000
	movl	$PAGES, %ecx
	movl	$FRAMES + 3, %eax
1:	movq	%rax, ROOT + 0x3000 - 8(,%rcx,8)
	addl	$0x1000, %eax
	decl	%ecx
	jnz	1b
	movl	$ROOT, %eax
	movq	%rax, %cr3

	/* Page i of the window is frame PAGES - 1 - i. */
	movabs	$WINDOW, %rbx
	movl	$PAGES, %ecx
	movl	$FRAMES + PAGES * 0x1000 - 0x1000, %edx
2:	movq	%rcx, 8(%rbx)
	cmpq	%rcx, 8(%rdx)
	movb	$1, %al
	jne	9f
	addq	$0x1000, %rbx
	subq	$0x1000, %rdx
	decl	%ecx
	jnz	2b

	/* Not present: a read faults with error code 0. */
	movabs	$WINDOW + 0x3000, %rbx
	andq	$~1, ROOT + 0x3000 + 8 * 3
	invlpg	(%rbx)
	movq	$PAGES - 3, %rcx
	cmpq	%rcx, 8(%rbx)
	movb	$2, %al
	jne	9f
	cmpl	$1, COMM(0)
	movb	$3, %al
	jne	9f
	cmpl	$0, COMM(1)
	movb	$4, %al
	jne	9f

	/* Read-only, and CR0.WP is set: a write faults with error code 3. */
	andq	$~2, ROOT + 0x3000 + 8 * 3
	invlpg	(%rbx)
	movq	$77, 16(%rbx)
	cmpl	$2, COMM(0)
	movb	$5, %al
	jne	9f
	cmpl	$3, COMM(1)
	movb	$6, %al
	jne	9f
	leaq	16(%rbx), %rcx
	cmpq	%rcx, COMM(2)
	movb	$7, %al
	jne	9f
	xorl	%eax, %eax
9:	DONE

page_fault:
	popq	%rax
	movl	%eax, COMM(1)
	movq	%cr2, %rax
	movq	%rax, COMM(2)
	incl	COMM(0)
	orq	$3, ROOT + 0x3000 + 8 * 3
	invlpg	(%rax)
	iretq
GUEST_END(page_tables)
