// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random programs: a valid state, guest code, and a few things broken.
 */
#include <stdlib.h>
#include <string.h>

#include "diff.h"

struct program generate(u64 seed, u64 number)
{
	struct program program = { 0 };
	char name[64];

	snprintf(name, sizeof(name), "random %llu/%llu", (unsigned long long)seed,
		 (unsigned long long)number);
	program.name = strdup(name);
	program.source = strdup("random");
	program_add_line(&program, "enable");
	return program;
}
