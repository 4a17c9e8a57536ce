/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest that measures one thing: comm[0] times, once to warm up and once that counts. The guest
 * itself reads the TSC, before in comm[1] and after in comm[2]; KVM lets it do so without an exit.
 *
 * The loop uses ESI and EBP; what is measured may use the rest. Each round of it costs two
 * instructions more, DEC and JNZ.
 */
#include "guest.h"

#define MEASURE_BEGIN			\
	.code32;			\
	movl	$2, %ebp;		\
1:	rdtsc;				\
	movl	%eax, COMM(1);		\
	movl	%edx, COMM(1) + 4;	\
	movl	COMM(0), %esi;		\
2:

#define MEASURE_END			\
	decl	%esi;			\
	jnz	2b;			\
	rdtsc;				\
	movl	%eax, COMM(2);		\
	movl	%edx, COMM(2) + 4;	\
	decl	%ebp;			\
	jnz	1b;			\
	xorl	%eax, %eax;		\
	DONE
