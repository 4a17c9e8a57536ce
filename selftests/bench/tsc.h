/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The time-stamp counter, and what it counts.
 */
#ifndef NESTOR_SELFTESTS_TSC_H
#define NESTOR_SELFTESTS_TSC_H

#include <stdint.h>

static inline uint64_t rdtsc(void)
{
	uint32_t low, high;

	asm volatile("lfence; rdtsc" : "=a" (low), "=d" (high) : : "memory");
	return (uint64_t)high << 32 | low;
}

#define TSC_PROBE_LENGTH 128

/* The ticks of TSC_PROBE_LENGTH dependent divisions, which no processor does at one a tick. */
static inline uint64_t tsc_probe(void)
{
	uint32_t before, after, one = 1;

	asm volatile("rdtsc; mov %%eax, %[before];"
		     "xor %%edx, %%edx; mov $1, %%eax;"
		     ".rept %c[length]; div %[one]; .endr;"
		     "rdtsc"
		     : [before] "=&r" (before), "=&a" (after)
		     : [one] "r" (one), [length] "i" (TSC_PROBE_LENGTH)
		     : "edx");
	return after - before;
}

/*
 * "instructions" where each instruction is one tick, as in the Bochs emulator; "ticks" elsewhere.
 * Three moves and a RDTSC are counted with the probe. An interrupt may spoil a probe, not eight.
 */
static inline const char *tsc_unit(void)
{
	for (int i = 0; i < 8; i++) {
		if (tsc_probe() == TSC_PROBE_LENGTH + 4)
			return "instructions";
	}
	return "ticks";
}

#endif
