/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A write to a 4 KiB page that the guest has not touched yet, another one each time.
 */
#include "guest/measure.inc"

GUEST(bench_touch)
	.code32
	movl	$GUEST_SLOT, %edi
	MEASURE_BEGIN
	movl	%esi, (%edi)
	addl	$0x1000, %edi
	MEASURE_END
GUEST_END(bench_touch)
