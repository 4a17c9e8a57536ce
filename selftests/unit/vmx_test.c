// SPDX-License-Identifier: GPL-2.0-only
/* Whatever L1 and L2 do: Nestor gives the answers of the bare processor. */
#include "random_vmx.h"
#include "unit.h"

static void random_programs(enum processor_model model, unsigned int programs, unsigned int steps)
{
	u64 entries = 0;
	unsigned int i;

	while (programs--) {
		random_vmx_begin(model, unit_random);
		for (i = 0; i < steps; i++)
			random_vmx_step();
		random_vmx_end();
		entries += shared_entries(shared.stats.l2_reflected);
	}
	/* Else the programs were of no use. */
	CHECK(entries > steps / 20);
}

static void random_programs_on_broadwell(void)
{
	random_programs(MODEL_BROADWELL, 40, 500);
}

static void random_programs_with_every_feature(void)
{
	random_programs(MODEL_ALL, 40, 500);
}

static void random_programs_on_westmere(void)
{
	random_programs(MODEL_WESTMERE, 40, 500);
}

static void random_programs_without_true_controls(void)
{
	random_programs(MODEL_NO_TRUE, 40, 500);
}

static const struct unit_test tests[] = {
	TEST(random_programs_on_broadwell),
	TEST(random_programs_with_every_feature),
	TEST(random_programs_on_westmere),
	TEST(random_programs_without_true_controls),
};

UNIT_MAIN(tests)
