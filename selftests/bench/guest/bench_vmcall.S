/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMCALL with a number that KVM does not know: it answers in the kernel.
 */
#include "guest/measure.inc"

GUEST(bench_vmcall)
	MEASURE_BEGIN
	movl	$0x7fff0000, %eax
	vmcall
	MEASURE_END
GUEST_END(bench_vmcall)
