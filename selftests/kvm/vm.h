/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A virtual machine on /dev/kvm, small enough to read at one sitting.
 *
 * Every failure of KVM itself ends the test through fail(), so callers see only what they ask for.
 */
#ifndef NESTOR_SELFTESTS_VM_H
#define NESTOR_SELFTESTS_VM_H

#include <linux/kvm.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest.h"
#include "tap.h"

/* A payload: guest code that was assembled from guest/<name>.S into this program. */
struct blob {
	const uint8_t *start;
	const uint8_t *end;
};

#define DECLARE_BLOB(name) \
	extern const uint8_t guest_##name[], guest_##name##_end[]
#define BLOB(name) ((struct blob){ guest_##name, guest_##name##_end })

#define MAX_VCPUS 2

struct vcpu {
	struct vm *vm;
	int fd;
	struct kvm_run *run;
};

/**
 * struct vm - a virtual machine with one memory slot, number 0, at guest-physical address 0
 * @fd: of the VM
 * @memory: what the guest sees at 0, GUEST_MEMORY bytes
 * @comm: the communication page in it
 * @vcpu: the virtual CPUs, in the order of their creation
 */
struct vm {
	int fd;
	size_t run_size;
	uint8_t *memory;
	uint64_t *comm;
	struct vcpu vcpu[MAX_VCPUS];
	unsigned int nr_vcpus;
};

enum guest_mode { REAL_MODE, FLAT32, LONG_MODE };

/* Why the machine cannot run any VM, or NULL. */
const char *vm_requirement(void);

/* A VM without in-kernel interrupt controllers, and without vCPUs. */
struct vm *vm_create(void);

/* Add in-kernel interrupt controllers; before any vCPU. */
void vm_add_irqchip(struct vm *vm);

/* True if the VM's KVM has the capability, one of KVM_CAP_*. */
bool vm_has(struct vm *vm, int capability);

/* Anonymous memory of @size bytes, in 4 KiB pages that are not there until they are touched. */
uint8_t *vm_alloc(size_t size);

void vm_set_slot(struct vm *vm, unsigned int slot, uint64_t gpa, uint8_t *memory, size_t size,
		 unsigned int flags);

/* Copy the guest code to GUEST_CODE. */
void vm_load(struct vm *vm, struct blob blob);

/* A vCPU that will start at GUEST_CODE in @mode, with the CPUID that KVM supports and LEAF_TEST. */
struct vcpu *vcpu_create(struct vm *vm, enum guest_mode mode);

/* The usual beginning of a test: a VM with one vCPU that is ready to run @blob in @mode. */
struct vcpu *vm_boot(struct blob blob, enum guest_mode mode);

/* What LEAF_TEST answers in EAX, EBX, ECX and EDX. */
extern const uint32_t test_leaf[4];

void vcpu_get_sregs(struct vcpu *vcpu, struct kvm_sregs *sregs);
void vcpu_set_sregs(struct vcpu *vcpu, const struct kvm_sregs *sregs);
uint64_t vcpu_get_msr(struct vcpu *vcpu, uint32_t msr);

/* An ioctl() that must succeed; @arg is a pointer or a number. */
#define fd_ioctl(fd, request, arg)	checked_ioctl(fd, request, #request, (uintptr_t)(arg))
#define vm_ioctl(vm, request, arg)	fd_ioctl((vm)->fd, request, arg)
#define vcpu_ioctl(vcpu, request, arg)	fd_ioctl((vcpu)->fd, request, arg)
int checked_ioctl(int fd, unsigned long request, const char *what, uintptr_t arg);

/* Run until the next exit to user space; KVM_EXIT_INTR if a signal came first. */
uint32_t vcpu_run(struct vcpu *vcpu);

/* From now on, a signal takes vCPUs out of KVM_RUN every 5 ms. */
void kick_every_5ms(void);

/* Run on over signals; the next other exit must be @reason. */
void vcpu_run_to(struct vcpu *vcpu, uint32_t reason);

/* The next exit must be an access to @port, one item of @size bytes. Returns where its data is. */
void *vcpu_run_to_port(struct vcpu *vcpu, uint8_t direction, uint16_t port, uint8_t size);

/* The next exit must be an MMIO access of @size bytes to @gpa. */
void vcpu_run_to_mmio(struct vcpu *vcpu, bool is_write, uint64_t gpa, uint32_t size);

/* The next exit must be the guest's byte to PORT_STEP; returns it. */
uint8_t vcpu_run_to_step(struct vcpu *vcpu);

/* The next exit must be the guest's end, with status 0. */
void vcpu_finish(struct vcpu *vcpu);

#endif
