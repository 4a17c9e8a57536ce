/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A read of 4 bytes where no memory is: user space answers.
 */
#include "guest/measure.inc"

GUEST(bench_mmio)
	MEASURE_BEGIN
	movl	GUEST_MMIO, %eax
	MEASURE_END
GUEST_END(bench_mmio)
