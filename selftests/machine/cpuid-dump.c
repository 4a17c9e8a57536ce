// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-dump: what CPUID answers on every CPU that is online, leaf by leaf.
 *
 * All leaves of the three ranges, each with its first subleaves, and leaves beyond the ranges'
 * ends: they have answers too.
 */
#define _GNU_SOURCE
#include <cpuid.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#define SUBLEAVES 20
#define BEYOND	  3

static void dump_leaf(unsigned int cpu, uint32_t leaf)
{
	uint32_t eax, ebx, ecx, edx, subleaf;

	for (subleaf = 0; subleaf < SUBLEAVES; subleaf++) {
		__cpuid_count(leaf, subleaf, eax, ebx, ecx, edx);
		printf("cpu%u %08x.%02x %08x %08x %08x %08x\n", cpu, leaf, subleaf, eax, ebx, ecx,
		       edx);
	}
}

static void dump_range(unsigned int cpu, uint32_t base)
{
	uint32_t last, ebx, ecx, edx, leaf;

	__cpuid(base, last, ebx, ecx, edx);
	/* A range that is not there answers with another's data. */
	if (last < base || last > base + 0x100)
		last = base;
	for (leaf = base; leaf <= last + BEYOND; leaf++)
		dump_leaf(cpu, leaf);
}

static void dump_cpu(unsigned int cpu)
{
	dump_range(cpu, 0);
	dump_range(cpu, 0x40000000);
	dump_range(cpu, 0x80000000);
	dump_leaf(cpu, 0xffffffff);
}

int main(void)
{
	long cpu, nr_cpus = sysconf(_SC_NPROCESSORS_CONF);
	cpu_set_t only;

	for (cpu = 0; cpu < nr_cpus; cpu++) {
		CPU_ZERO(&only);
		CPU_SET(cpu, &only);
		if (!sched_setaffinity(0, sizeof(only), &only))
			dump_cpu(cpu);
	}
	return 0;
}
