// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stands in for libFuzzer where a compiler without it, or a short and repeatable run, is wanted:
 * random input, the same each time, for a number of seconds of processor time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "arch/types.h"

#define MAX_SIZE	2048

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static u64 random_state = 1;

static u64 random64(void)
{
	u64 z = random_state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

/* Short inputs and long ones alike. */
static size_t fill(u8 *data)
{
	size_t size = random64() % (1ull << (1 + random64() % 11)), i;

	for (i = 0; i < size; i++)
		data[i] = (u8)random64();
	return size;
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? atof(argv[1]) : 1;
	static u8 data[MAX_SIZE];
	unsigned long runs = 0;
	size_t size;

	printf("TAP version 13\n1..1\n");
	fflush(stdout);
	while (clock() < seconds * CLOCKS_PER_SEC) {
		/* A copy of its size, so that a read past it is seen. */
		size = fill(data);
		u8 *copy = malloc(size + 1);

		for (size_t i = 0; i < size; i++)
			copy[i] = data[i];
		LLVMFuzzerTestOneInput(copy, size);
		free(copy);
		runs++;
	}
	printf("ok 1 %lu random inputs\n", runs);
	return 0;
}
