/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CPUID with leaf 0: KVM answers in the kernel.
 */
#include "guest/measure.inc"

GUEST(bench_cpuid)
	MEASURE_BEGIN
	xorl	%eax, %eax
	cpuid
	MEASURE_END
GUEST_END(bench_cpuid)
