// SPDX-License-Identifier: GPL-2.0-only
/*
 * l2bench: what the exits of a guest cost, as the guest sees it.
 *
 *	l2bench [-p PREFIX] [-n ITERATIONS] [NAME...]
 *
 * prints a line "bench: PREFIXl2-NAME VALUE UNIT" for each measurement: the guest's own TSC over a
 * loop, divided by its iterations. Where the TSC counts instructions (in the Bochs emulator) VALUE
 * is exact but for the host's interrupts, and UNIT says so.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tsc.h"
#include "vm.h"

DECLARE_BLOB(bench_cpuid);
DECLARE_BLOB(bench_vmcall);
DECLARE_BLOB(bench_rdmsr);
DECLARE_BLOB(bench_pio);
DECLARE_BLOB(bench_mmio);
DECLARE_BLOB(bench_touch);

#define PAGE_SIZE 4096

/* The guest's pages end below the MMIO address. */
#define MAX_ITERATIONS ((GUEST_MMIO - GUEST_SLOT) / PAGE_SIZE / 2)

/* The memory that bench_touch walks over: @iterations pages to warm up, and as many that count. */
static uint8_t *add_pages(struct vm *vm, uint64_t iterations)
{
	size_t size = 2 * iterations * PAGE_SIZE;
	uint8_t *memory = vm_alloc(size);

	vm_set_slot(vm, 1, GUEST_SLOT, memory, size, 0);
	return memory;
}

/* The host has the pages already: the exit is KVM's alone. */
static void prefault_pages(struct vm *vm, uint64_t iterations)
{
	memset(add_pages(vm, iterations), 1, 2 * iterations * PAGE_SIZE);
}

/* The host has to find and clear each page, as in a guest that has just been started. */
static void fresh_pages(struct vm *vm, uint64_t iterations)
{
	add_pages(vm, iterations);
}

/**
 * struct bench - one measurement
 * @name: as in the output and on the command line
 * @blob: the guest
 * @prepare: gives the VM what it needs beside code; may be NULL
 */
static const struct bench {
	const char *name;
	struct blob blob;
	void (*prepare)(struct vm *vm, uint64_t iterations);
} benches[] = {
	{ "cpuid", BLOB(bench_cpuid), NULL },
	{ "vmcall", BLOB(bench_vmcall), NULL },
	{ "rdmsr", BLOB(bench_rdmsr), NULL },
	{ "pio", BLOB(bench_pio), NULL },
	{ "mmio", BLOB(bench_mmio), NULL },
	{ "touch", BLOB(bench_touch), prefault_pages },
	{ "touch-fresh", BLOB(bench_touch), fresh_pages },
};

/* Answer the guest until it is at its end. The loop is measured too, so it does the least. */
static void run_guest(struct vcpu *vcpu)
{
	const struct kvm_run *run = vcpu->run;

	for (;;) {
		uint32_t reason = vcpu_run(vcpu);

		if (reason == KVM_EXIT_INTR || reason == KVM_EXIT_MMIO)
			continue;
		check(reason == KVM_EXIT_IO, "exit %u of the guest", reason);
		if (run->io.port == PORT_DONE)
			return;
	}
}

static void measure(const struct bench *bench, const char *prefix, uint64_t iterations)
{
	struct vcpu *vcpu = vm_boot(bench->blob, FLAT32);
	uint64_t *comm = vcpu->vm->comm;

	comm[0] = iterations;
	if (bench->prepare)
		bench->prepare(vcpu->vm, iterations);
	run_guest(vcpu);
	printf("bench: %sl2-%s %" PRIu64 " %s\n", prefix, bench->name,
	       (comm[2] - comm[1]) / iterations, tsc_unit());
}

static bool is_named(const struct bench *bench, char **names)
{
	if (!*names)
		return true;
	for (; *names; names++) {
		if (!strcmp(bench->name, *names))
			return true;
	}
	return false;
}

static void check_names(char **names)
{
	for (; *names; names++) {
		bool known = false;

		for (size_t i = 0; i < ARRAY_SIZE(benches); i++)
			known |= !strcmp(benches[i].name, *names);
		check(known, "no measurement is called '%s'; see l2bench -h", *names);
	}
}

static void usage(void)
{
	fprintf(stderr, "usage: l2bench [-p PREFIX] [-n ITERATIONS, up to %u] [NAME...]\nNAME:",
		MAX_ITERATIONS);
	for (size_t i = 0; i < ARRAY_SIZE(benches); i++)
		fprintf(stderr, " %s", benches[i].name);
	fputc('\n', stderr);
	exit(2);
}

static uint64_t parse_iterations(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*end || value < 1 || value > MAX_ITERATIONS)
		usage();
	return value;
}

int main(int argc, char **argv)
{
	const char *prefix = "", *missing;
	uint64_t iterations = 1000;
	int option;

	while ((option = getopt(argc, argv, "p:n:")) != -1) {
		if (option == 'p')
			prefix = optarg;
		else if (option == 'n')
			iterations = parse_iterations(optarg);
		else
			usage();
	}
	check_names(argv + optind);
	missing = vm_requirement();
	check(!missing, "%s", missing);
	for (size_t i = 0; i < ARRAY_SIZE(benches); i++) {
		if (is_named(&benches[i], argv + optind))
			measure(&benches[i], prefix, iterations);
	}
	return 0;
}
