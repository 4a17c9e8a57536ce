// SPDX-License-Identifier: GPL-2.0-only
/*
 * many: what it costs to run many virtual CPUs in turn on one CPU, or one on many.
 *
 *	many [-p PREFIX] vcpus|vms MAX
 *	many [-p PREFIX] cpus MAX
 *
 * makes MAX virtual CPUs, in one VM ("vcpus": as many VMCSs, one EPT) or one in each of MAX VMs
 * ("vms": as many EPTs too). Then it runs the first 1, 2, 4 ... of them in turn, each from one exit
 * to user space to the next, and prints "bench: PREFIXin-turn-vcpus-N VALUE UNIT": the TSC per run.
 * With "cpus" one virtual CPU moves from CPU to CPU, of MAX of them, before each run.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <linux/kvm.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tap.h"
#include "tsc.h"

#define RUNS 1024 /* that are measured of each number, and no fewer than once for each vCPU */

static const uint8_t guest[] = { 0xe6, 0x10, 0xeb, 0xfc }; /* 1: out %al, $0x10; jmp 1b */

static int kvm;

static int must(int ret, const char *what)
{
	check(ret >= 0, "%s: %m", what);
	return ret;
}

static int vm_with_memory(void)
{
	int vm = must(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	uint8_t *memory =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct kvm_userspace_memory_region region = {
		.memory_size = 4096,
		.userspace_addr = (uintptr_t)memory,
	};

	check(memory != MAP_FAILED, "mmap: %m");
	memcpy(memory, guest, sizeof(guest));
	must(ioctl(vm, KVM_SET_TSS_ADDR, 0xfffbd000UL), "KVM_SET_TSS_ADDR");
	must(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
	return vm;
}

/* In real mode at address 0. */
static int add_vcpu(int vm, unsigned int id)
{
	int vcpu = must(ioctl(vm, KVM_CREATE_VCPU, id), "KVM_CREATE_VCPU");
	struct kvm_regs regs = { .rflags = 2 };
	struct kvm_sregs sregs;

	must(ioctl(vcpu, KVM_GET_SREGS, &sregs), "KVM_GET_SREGS");
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	must(ioctl(vcpu, KVM_SET_SREGS, &sregs), "KVM_SET_SREGS");
	must(ioctl(vcpu, KVM_SET_REGS, &regs), "KVM_SET_REGS");
	return vcpu;
}

static void run_in_turn(const int *vcpus, unsigned int count, unsigned int runs)
{
	for (unsigned int i = 0; i < runs; i++) {
		int ret;

		do
			ret = ioctl(vcpus[i % count], KVM_RUN, 0);
		while (ret < 0);
	}
}

static void move_to(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	must(sched_setaffinity(0, sizeof(set), &set), "sched_setaffinity");
}

static void run_and_move(int vcpu, unsigned int cpus, unsigned int runs)
{
	unsigned int i;

	for (i = 0; i < runs; i++) {
		move_to(i % cpus);
		run_in_turn(&vcpu, 1, 1);
	}
}

static void measure_moves(const char *prefix, int vcpu, unsigned int cpus)
{
	uint64_t start;

	run_and_move(vcpu, cpus, 8 * cpus);
	start = rdtsc();
	run_and_move(vcpu, cpus, RUNS);
	printf("bench: %sin-turn-cpus-%u %" PRIu64 " %s\n", prefix, cpus,
	       (rdtsc() - start) / RUNS, tsc_unit());
}

static void measure(const char *name, const int *vcpus, unsigned int count)
{
	unsigned int runs = count > RUNS ? count : RUNS / count * count;
	uint64_t start;

	run_in_turn(vcpus, count, 2 * count);
	start = rdtsc();
	run_in_turn(vcpus, count, runs);
	printf("bench: %s-%u %" PRIu64 " %s\n", name, count, (rdtsc() - start) / runs, tsc_unit());
}

static void usage(void)
{
	fputs("usage: many [-p PREFIX] vcpus|vms|cpus MAX\n", stderr);
	exit(2);
}

int main(int argc, char **argv)
{
	const char *prefix = "";
	unsigned int max, i;
	char name[64];
	bool vms;
	int vm = -1, *vcpus;

	if (argc > 2 && !strcmp(argv[1], "-p")) {
		prefix = argv[2];
		argv += 2;
		argc -= 2;
	}
	if (argc != 3 || atoi(argv[2]) < 1 ||
	    (strcmp(argv[1], "vms") && strcmp(argv[1], "vcpus") && strcmp(argv[1], "cpus")))
		usage();
	vms = !strcmp(argv[1], "vms");
	max = atoi(argv[2]);
	if (!strcmp(argv[1], "cpus")) {
		kvm = must(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
		measure_moves(prefix, add_vcpu(vm_with_memory(), 0), max);
		return 0;
	}
	vcpus = calloc(max, sizeof(*vcpus));
	check(vcpus, "no memory");
	kvm = must(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
	for (i = 0; i < max; i++) {
		if (vms || vm < 0)
			vm = vm_with_memory();
		vcpus[i] = add_vcpu(vm, vms ? 0 : i);
	}
	snprintf(name, sizeof(name), "%sin-turn-%s", prefix, argv[1]);
	for (i = 1; i <= max; i *= 2)
		measure(name, vcpus, i);
	return 0;
}
