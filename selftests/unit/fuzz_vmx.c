// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzz all of VMX: the input chooses what L1 and L2 do. Whatever it is, Nestor must not crash, hang
 * or touch memory that is not its own, and must give the answers of the bare processor.
 */
#include "input.h"
#include "random_vmx.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	input_begin(data, size);
	random_vmx_begin((enum processor_model)(input_next() % NR_MODELS), input_next);
	while (input_left())
		random_vmx_step();
	random_vmx_end();
	return 0;
}
