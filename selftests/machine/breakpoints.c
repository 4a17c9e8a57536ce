// SPDX-License-Identifier: GPL-2.0-only
/*
 * breakpoints: data breakpoints of perf that belong to CPUs, whatever runs there.
 *
 * On each CPU there is one on this program's own word, pinned. It says "running", and for each line on its standard
 * input says on how many of 10 stores on each online CPU it hit ("10 10"); it opens those anew first that the line
 * names ("1"). Ends with its input.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_CPUS 64
#define STORES	 10

static volatile uint64_t word __attribute__((aligned(8)));
static int events[MAX_CPUS];
static int nr_cpus;

static int open_event(int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.size = sizeof(attr),
		.bp_type = HW_BREAKPOINT_W,
		.bp_addr = (uintptr_t)&word,
		.bp_len = HW_BREAKPOINT_LEN_8,
		.sample_period = 1000000,
		.pinned = 1,
	};

	return syscall(SYS_perf_event_open, &attr, -1, cpu, -1, 0);
}

static long read_event(int cpu)
{
	uint64_t count;

	return read(events[cpu], &count, sizeof(count)) == sizeof(count) ? (long)count : -1;
}

static int go_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set);
}

/* An event whose CPU went offline cannot be read, and hits nothing: -1. */
static void tell_hits(void)
{
	int cpu, i;

	for (cpu = 0; cpu < nr_cpus; cpu++) {
		long before, after;

		if (go_to(cpu))
			continue;
		before = read_event(cpu);
		for (i = 0; i < STORES; i++)
			word = i;
		after = read_event(cpu);
		printf("%s%ld", cpu ? " " : "", before < 0 || after < 0 ? -1 : after - before);
	}
	puts("");
	fflush(stdout);
}

int main(void)
{
	char line[64];
	int cpu;

	nr_cpus = sysconf(_SC_NPROCESSORS_ONLN);
	for (cpu = 0; cpu < nr_cpus && cpu < MAX_CPUS; cpu++) {
		events[cpu] = open_event(cpu);
		if (events[cpu] < 0) {
			perror("perf_event_open");
			return 1;
		}
	}
	puts("running");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "%d", &cpu) == 1 && cpu >= 0 && cpu < nr_cpus) {
			close(events[cpu]);
			events[cpu] = open_event(cpu);
		}
		tell_hits();
	}
	return 0;
}
