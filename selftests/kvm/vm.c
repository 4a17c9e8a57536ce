// SPDX-License-Identifier: GPL-2.0-only
/*
 * The virtual machine of vm.h.
 */
#define _GNU_SOURCE
#include "vm.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#define CR0_PE		(1UL << 0)
#define CR0_MP		(1UL << 1)
#define CR0_ET		(1UL << 4)
#define CR0_NE		(1UL << 5)
#define CR0_WP		(1UL << 16)
#define CR0_PG		(1UL << 31)
#define CR4_PAE		(1UL << 5)
#define CR4_OSFXSR	(1UL << 9)
#define CR4_OSXMMEXCPT	(1UL << 10)
#define EFER_LME	(1UL << 8)
#define EFER_LMA	(1UL << 10)

#define PAGE_TABLE_ENTRY	0x3UL	/* present, writable */
#define LARGE_PAGE_ENTRY	0x83UL
#define LARGE_PAGE_SIZE		0x200000UL

#define MAX_CPUID_ENTRIES	256

const uint32_t test_leaf[4] = { 0x4e657374, 0x6f722074, 0x65737473, 0x21212121 };

static int kvm_fd(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		fail("/dev/kvm: %m; is kvm_intel loaded?");
	return fd;
}

const char *vm_requirement(void)
{
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return "cannot open /dev/kvm: load kvm_intel, and run as root";
	close(fd);
	return NULL;
}

int checked_ioctl(int fd, unsigned long request, const char *what, uintptr_t arg)
{
	int ret = ioctl(fd, request, arg);

	check(ret >= 0, "%s: %m", what);
	return ret;
}

uint8_t *vm_alloc(size_t size)
{
	uint8_t *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			       -1, 0);

	check(memory != MAP_FAILED, "mmap of %zu bytes: %m", size);
	/* One EPT violation for each 4 KiB page; a kernel without huge pages refuses, and is fine. */
	madvise(memory, size, MADV_NOHUGEPAGE);
	return memory;
}

void vm_set_slot(struct vm *vm, unsigned int slot, uint64_t gpa, uint8_t *memory, size_t size,
		 unsigned int flags)
{
	const struct kvm_userspace_memory_region region = {
		.slot = slot,
		.flags = flags,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)memory,
	};

	vm_ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region);
}

bool vm_has(struct vm *vm, int capability)
{
	return vm_ioctl(vm, KVM_CHECK_EXTENSION, capability) > 0;
}

void vm_add_irqchip(struct vm *vm)
{
	vm_ioctl(vm, KVM_CREATE_IRQCHIP, 0);
}

/* A GDT for handlers: the vCPU starts with its segments loaded, gates and far jumps read it. */
static void write_gdt(struct vm *vm)
{
	uint64_t *gdt = (uint64_t *)(vm->memory + GUEST_GDT);

	gdt[SEL_CODE32 / 8] = 0x00cf9b000000ffff;
	gdt[SEL_DATA / 8] = 0x00cf93000000ffff;
	gdt[SEL_CODE64 / 8] = 0x00af9b000000ffff;
	gdt[SEL_CODE16 / 8] = 0x00009b000000ffff;
	gdt[SEL_DATA16 / 8] = 0x000093000000ffff;
}

static void write_page_tables(struct vm *vm)
{
	uint64_t *pml4 = (uint64_t *)(vm->memory + GUEST_PML4);
	uint64_t *pdpt = (uint64_t *)(vm->memory + GUEST_PDPT);
	uint64_t *pd = (uint64_t *)(vm->memory + GUEST_PD);

	pml4[0] = GUEST_PDPT | PAGE_TABLE_ENTRY;
	pdpt[0] = GUEST_PD | PAGE_TABLE_ENTRY;
	for (size_t i = 0; i < 512; i++)
		pd[i] = i * LARGE_PAGE_SIZE | LARGE_PAGE_ENTRY;
}

struct vm *vm_create(void)
{
	struct vm *vm = calloc(1, sizeof(*vm));

	check(vm, "no memory");
	vm->fd = fd_ioctl(kvm_fd(), KVM_CREATE_VM, 0);
	vm->run_size = fd_ioctl(kvm_fd(), KVM_GET_VCPU_MMAP_SIZE, 0);
	vm->memory = vm_alloc(GUEST_MEMORY);
	vm->comm = (uint64_t *)(vm->memory + GUEST_COMM);
	/* KVM's own pages for the guest without unrestricted guest: away from all that is here. */
	vm_ioctl(vm, KVM_SET_TSS_ADDR, 0xfffbd000UL);
	vm_set_slot(vm, 0, 0, vm->memory, GUEST_MEMORY, 0);
	write_gdt(vm);
	write_page_tables(vm);
	return vm;
}

void vm_load(struct vm *vm, struct blob blob)
{
	memcpy(vm->memory + GUEST_CODE, blob.start, blob.end - blob.start);
}

void vcpu_get_sregs(struct vcpu *vcpu, struct kvm_sregs *sregs)
{
	vcpu_ioctl(vcpu, KVM_GET_SREGS, sregs);
}

void vcpu_set_sregs(struct vcpu *vcpu, const struct kvm_sregs *sregs)
{
	vcpu_ioctl(vcpu, KVM_SET_SREGS, sregs);
}

uint64_t vcpu_get_msr(struct vcpu *vcpu, uint32_t msr)
{
	struct {
		struct kvm_msrs header;
		struct kvm_msr_entry entry;
	} msrs = { .header.nmsrs = 1, .entry.index = msr };
	int nr = vcpu_ioctl(vcpu, KVM_GET_MSRS, &msrs);

	check(nr == 1, "KVM_GET_MSRS does not know MSR 0x%x", msr);
	return msrs.entry.data;
}

static void set_cpuid(struct vcpu *vcpu)
{
	struct kvm_cpuid2 *cpuid = calloc(1, sizeof(*cpuid) +
					  MAX_CPUID_ENTRIES * sizeof(cpuid->entries[0]));

	check(cpuid, "no memory");
	cpuid->nent = MAX_CPUID_ENTRIES - 1;
	fd_ioctl(kvm_fd(), KVM_GET_SUPPORTED_CPUID, cpuid);
	cpuid->entries[cpuid->nent++] = (struct kvm_cpuid_entry2){
		.function = LEAF_TEST,
		.eax = test_leaf[0],
		.ebx = test_leaf[1],
		.ecx = test_leaf[2],
		.edx = test_leaf[3],
	};
	vcpu_ioctl(vcpu, KVM_SET_CPUID2, cpuid);
	free(cpuid);
}

static void set_data_segments(struct kvm_sregs *sregs, const struct kvm_segment *data)
{
	sregs->ds = *data;
	sregs->es = *data;
	sregs->fs = *data;
	sregs->gs = *data;
	sregs->ss = *data;
}

static void enter_real_mode(struct kvm_sregs *sregs)
{
	sregs->cs.base = 0;
	sregs->cs.selector = 0;
}

static void enter_protected_mode(struct kvm_sregs *sregs)
{
	struct kvm_segment segment = {
		.limit = 0xffffffff, .present = 1, .s = 1, .g = 1, .db = 1,
	};

	segment.selector = SEL_DATA;
	segment.type = 3;
	set_data_segments(sregs, &segment);
	segment.selector = SEL_CODE32;
	segment.type = 11;
	sregs->cs = segment;
	sregs->tr = (struct kvm_segment){
		.limit = 0x67, .selector = SEL_TSS, .present = 1, .type = 11,
	};
	sregs->gdt = (struct kvm_dtable){ .base = GUEST_GDT, .limit = SEL_DATA16 + 7 };
	sregs->idt = (struct kvm_dtable){ .base = GUEST_IDT, .limit = 0xfff };
	sregs->cr0 = CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP;
	sregs->cr4 = CR4_OSFXSR | CR4_OSXMMEXCPT;
}

static void enter_long_mode(struct kvm_sregs *sregs)
{
	enter_protected_mode(sregs);
	sregs->cs.selector = SEL_CODE64;
	sregs->cs.l = 1;
	sregs->cs.db = 0;
	sregs->cr3 = GUEST_PML4;
	sregs->cr4 |= CR4_PAE;
	sregs->cr0 |= CR0_PG;
	sregs->efer |= EFER_LME | EFER_LMA;
}

static void set_mode(struct vcpu *vcpu, enum guest_mode mode)
{
	struct kvm_sregs sregs;

	vcpu_get_sregs(vcpu, &sregs);
	if (mode == REAL_MODE)
		enter_real_mode(&sregs);
	else if (mode == FLAT32)
		enter_protected_mode(&sregs);
	else
		enter_long_mode(&sregs);
	vcpu_set_sregs(vcpu, &sregs);
}

struct vcpu *vcpu_create(struct vm *vm, enum guest_mode mode)
{
	unsigned int id = vm->nr_vcpus++;
	struct vcpu *vcpu = &vm->vcpu[id];
	const struct kvm_regs regs = {
		.rip = GUEST_CODE,
		.rsp = mode == REAL_MODE ? GUEST_COMM : GUEST_STACK - id * GUEST_STACK_SIZE,
		.rflags = 0x2,
		.rdi = id,
	};

	vcpu->vm = vm;
	vcpu->fd = vm_ioctl(vm, KVM_CREATE_VCPU, id);
	vcpu->run = mmap(NULL, vm->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
	check(vcpu->run != MAP_FAILED, "mmap of the vCPU: %m");
	set_cpuid(vcpu);
	set_mode(vcpu, mode);
	vcpu_ioctl(vcpu, KVM_SET_REGS, &regs);
	return vcpu;
}

struct vcpu *vm_boot(struct blob blob, enum guest_mode mode)
{
	struct vm *vm = vm_create();

	vm_load(vm, blob);
	return vcpu_create(vm, mode);
}

uint32_t vcpu_run(struct vcpu *vcpu)
{
	if (ioctl(vcpu->fd, KVM_RUN, NULL) == 0)
		return vcpu->run->exit_reason;
	check(errno == EINTR, "KVM_RUN: %m");
	return KVM_EXIT_INTR;
}

static void ignore_signal(int signal)
{
	(void)signal;
}

void kick_every_5ms(void)
{
	const struct itimerval every_5ms = {
		.it_interval.tv_usec = 5000, .it_value.tv_usec = 5000,
	};

	signal(SIGALRM, ignore_signal);
	setitimer(ITIMER_REAL, &every_5ms, NULL);
}

/* Say what an unexpected exit was about, as far as KVM tells. */
static void __noreturn fail_exit(struct vcpu *vcpu, uint32_t wanted)
{
	const struct kvm_run *run = vcpu->run;
	struct kvm_regs regs = { 0 };

	ioctl(vcpu->fd, KVM_GET_REGS, &regs);
	if (run->exit_reason == KVM_EXIT_FAIL_ENTRY)
		fail("VM entry failed, reason 0x%llx", run->fail_entry.hardware_entry_failure_reason);
	if (run->exit_reason == KVM_EXIT_INTERNAL_ERROR)
		fail("KVM_EXIT_INTERNAL_ERROR, suberror %u, at rip 0x%llx", run->internal.suberror,
		     regs.rip);
	if (run->exit_reason == KVM_EXIT_IO)
		fail("access to port 0x%x at rip 0x%llx, wanted exit %u", run->io.port, regs.rip,
		     wanted);
	if (run->exit_reason == KVM_EXIT_MMIO)
		fail("MMIO at 0x%llx, rip 0x%llx, wanted exit %u", run->mmio.phys_addr, regs.rip,
		     wanted);
	fail("exit %u at rip 0x%llx, wanted exit %u", run->exit_reason, regs.rip, wanted);
}

void vcpu_run_to(struct vcpu *vcpu, uint32_t reason)
{
	uint32_t got;

	do {
		got = vcpu_run(vcpu);
	} while (got == KVM_EXIT_INTR);
	if (got != reason)
		fail_exit(vcpu, reason);
}

void *vcpu_run_to_port(struct vcpu *vcpu, uint8_t direction, uint16_t port, uint8_t size)
{
	const struct kvm_run *run = vcpu->run;

	vcpu_run_to(vcpu, KVM_EXIT_IO);
	check(run->io.port == port, "port 0x%x, wanted 0x%x", run->io.port, port);
	check(run->io.direction == direction, "wrong direction at port 0x%x", port);
	check(run->io.size == size && run->io.count == 1,
	      "%u items of %u bytes at port 0x%x, wanted one of %u", run->io.count, run->io.size,
	      port, size);
	return (uint8_t *)run + run->io.data_offset;
}

void vcpu_run_to_mmio(struct vcpu *vcpu, bool is_write, uint64_t gpa, uint32_t size)
{
	const struct kvm_run *run = vcpu->run;

	vcpu_run_to(vcpu, KVM_EXIT_MMIO);
	check(run->mmio.phys_addr == gpa, "MMIO at 0x%llx, wanted 0x%lx", run->mmio.phys_addr, gpa);
	check(run->mmio.is_write == is_write, "MMIO %s, wanted the other",
	      run->mmio.is_write ? "write" : "read");
	check(run->mmio.len == size, "MMIO of %u bytes, wanted %u", run->mmio.len, size);
}

uint8_t vcpu_run_to_step(struct vcpu *vcpu)
{
	return *(uint8_t *)vcpu_run_to_port(vcpu, KVM_EXIT_IO_OUT, PORT_STEP, 1);
}

void vcpu_finish(struct vcpu *vcpu)
{
	uint8_t *status = vcpu_run_to_port(vcpu, KVM_EXIT_IO_OUT, PORT_DONE, 1);

	check(*status == 0, "the guest found a fault, number %u", *status);
}
