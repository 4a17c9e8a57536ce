/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest code in pieces, assembled for 16, 32 and 64 bits each. A piece may change registers as it likes;
 * what it needs in them the program sets (guest REGISTER VALUE). The engine's image comes along.
 */
	.macro	SNIPPET name
	.section .rodata.str, "aMS", @progbits, 1
80:	.asciz	"\name"
	.section .snippets, "a"
	.quad	80b
	.long	MODE, 82f - 81f
	.quad	81f
	.section .rodata.code, "a"
81:
	.endm

	.macro	END_SNIPPET
82:
	.endm

	.globl	snippets, snippets_end, engine_image, engine_image_end
	.section .snippets, "a"
	.balign	8
snippets:

#define S(name, ...) SNIPPET name; __VA_ARGS__; END_SNIPPET

#define AX %eax
#define BX %ebx
#define CX %ecx
#define DX %edx
#define DI %edi
	.set	MODE, 16
	.code16
#include "snippets.inc"
	.set	MODE, 32
	.code32
#include "snippets.inc"
#undef AX
#undef BX
#undef CX
#undef DX
#undef DI
#define AX %rax
#define BX %rbx
#define CX %rcx
#define DX %rdx
#define DI %rdi
	.set	MODE, 64
	.code64
#include "snippets.inc"
#include "snippets64.inc"

	.section .snippets, "a"
snippets_end:

	.section .rodata
	.balign	4096
engine_image:
	.incbin	ENGINE
engine_image_end:
	.section .note.GNU-stack, "", @progbits
