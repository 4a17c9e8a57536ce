// SPDX-License-Identifier: GPL-2.0-only
/* EPT02 against the walk of EPT12 that the bare processor makes. */
#include "duo.h"
#include "random_ept.h"
#include "ram.h"
#include "unit.h"

static void random_tables(enum processor_model model)
{
	unsigned int i, step;
	u64 fills = 0;

	for (i = 0; i < 60; i++) {
		random_ept_begin(model, unit_random);
		for (step = 0; step < 200; step++)
			random_ept_step();
		fills += shared.stats.ept02_fills;
		random_ept_end();
	}
	CHECK(fills > 1000);
}

static void random_tables_on_broadwell(void)
{
	random_tables(MODEL_BROADWELL);
}

static void random_tables_with_every_feature(void)
{
	random_tables(MODEL_ALL);
}

static void random_tables_without_flags(void)
{
	random_tables(MODEL_WESTMERE);
}

static const struct unit_test tests[] = {
	TEST(random_tables_on_broadwell),
	TEST(random_tables_with_every_feature),
	TEST(random_tables_without_flags),
};

UNIT_MAIN(tests)
