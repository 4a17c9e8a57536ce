/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IN of a byte: user space answers.
 */
#include "guest/measure.inc"

GUEST(bench_pio)
	MEASURE_BEGIN
	inb	$PORT_DATA, %al
	MEASURE_END
GUEST_END(bench_pio)
