// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzz EPT02: any EPT12, any accesses of L2 and changes by L1, against the bare processor's walk of
 * EPT12.
 */
#include "input.h"
#include "random_ept.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	input_begin(data, size);
	random_ept_begin((enum processor_model)(input_next() % NR_MODELS), input_next);
	while (input_left())
		random_ept_step();
	random_ept_end();
	return 0;
}
