// SPDX-License-Identifier: GPL-2.0-only
/*
 * rdtsc-now: print the time-stamp counter, for shell scripts that measure. With -u, print what it
 * counts on this machine: "instructions" or "ticks".
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tsc.h"

int main(int argc, char **argv)
{
	if (argc == 1) {
		printf("%" PRIu64 "\n", rdtsc());
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "-u")) {
		puts(tsc_unit());
		return 0;
	}
	fprintf(stderr, "usage: %s [-u]\n", argv[0]);
	return 2;
}
