/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RDMSR of IA32_APIC_BASE: always intercepted, and KVM answers in the kernel.
 */
#include "guest/measure.inc"

#define IA32_APIC_BASE 0x1b

GUEST(bench_rdmsr)
	MEASURE_BEGIN
	movl	$IA32_APIC_BASE, %ecx
	rdmsr
	MEASURE_END
GUEST_END(bench_rdmsr)
