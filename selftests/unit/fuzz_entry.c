// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzz VM entry: any contents of VMCS12 on a processor with any capabilities. A valid VMCS with
 * some fields broken gets the bare processor's verdict; one with anything in it, Nestor's own
 * addresses too, must do no harm.
 */
#include "input.h"
#include "random_vmx.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void compare_entries(void)
{
	const struct l2_exit exit = { .reason = EXIT_REASON_HLT };

	while (input_left()) {
		if (!(input_next() % 4))
			duo_write_valid();
		random_break((unsigned int)(input_next() % 6));
		if (random_enter().outcome == DONE_ENTERED)
			duo_exit(&exit);
		l1_set_mode(L1_LONG);
	}
	random_vmx_end();
}

static void survive_entries(void)
{
	while (input_left())
		random_contents((unsigned int)(input_next() % 8));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	input_begin(data, size);
	random_vmx_begin((enum processor_model)(input_next() % NR_MODELS), input_next);
	if (input_next() % 2)
		compare_entries();
	else
		survive_entries();
	return 0;
}
