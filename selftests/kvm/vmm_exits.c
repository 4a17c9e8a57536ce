// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instructions that leave the guest: answered by KVM or by this program, and gone on from.
 */
#include <string.h>

#include "vm.h"
#include "vmm_tests.h"

DECLARE_BLOB(cpuid_loop);
DECLARE_BLOB(vmcall_loop);
DECLARE_BLOB(pio);
DECLARE_BLOB(pio_string);
DECLARE_BLOB(mmio);
DECLARE_BLOB(hlt_exit);
DECLARE_BLOB(hlt_wake);
DECLARE_BLOB(msr_tsc);
DECLARE_BLOB(msr_efer);
DECLARE_BLOB(msr_sysenter);
DECLARE_BLOB(msr_unknown);

#define MSR_IA32_SYSENTER_CS	0x174
#define EFER_SCE		1

/* A guest gets the CPUID leaf that user space gave it, every time and in all four registers. */
void test_cpuid_loop(void)
{
	struct vcpu *vcpu = vm_boot(BLOB(cpuid_loop), FLAT32);
	uint64_t *comm = vcpu->vm->comm;
	const uint32_t loops = 2000;

	comm[0] = loops;
	vcpu_finish(vcpu);
	for (int i = 0; i < 4; i++)
		check(comm[1 + i] == (uint32_t)(loops * test_leaf[i]),
		      "the sum of register %d is 0x%lx", i, comm[1 + i]);
}

/* KVM answers a hypercall that it does not know with -KVM_ENOSYS. */
void test_vmcall_loop(void)
{
	struct vcpu *vcpu = vm_boot(BLOB(vmcall_loop), FLAT32);
	uint64_t *comm = vcpu->vm->comm;
	const uint32_t loops = 2000;

	comm[0] = loops;
	vcpu_finish(vcpu);
	check(comm[1] == (uint32_t)(loops * -1000U), "the sum of the answers is 0x%lx", comm[1]);
}

/* Take what the guest writes with @size bytes; it must be @value cut to that size. */
static void expect_out(struct vcpu *vcpu, uint8_t size, uint32_t value)
{
	uint32_t got = 0;

	memcpy(&got, vcpu_run_to_port(vcpu, KVM_EXIT_IO_OUT, PORT_DATA, size), size);
	if (size < 4)
		value &= (1U << 8 * size) - 1;
	check(got == value, "the guest wrote 0x%x, wanted 0x%x", got, value);
}

static void answer_in(struct vcpu *vcpu, uint8_t size, uint32_t value)
{
	memcpy(vcpu_run_to_port(vcpu, KVM_EXIT_IO_IN, PORT_DATA, size), &value, size);
}

/* OUT and IN of 1, 2 and 4 bytes reach user space, and its answers reach the guest. */
void test_pio(void)
{
	struct vcpu *vcpu = vm_boot(BLOB(pio), FLAT32);
	uint64_t *comm = vcpu->vm->comm;
	uint32_t sum[3] = { 0 };

	comm[0] = 300;
	for (uint32_t i = comm[0]; i > 0; i--) {
		uint32_t answer = i * 0x01030507;

		for (uint8_t size = 1; size <= 4; size *= 2)
			expect_out(vcpu, size, i);
		for (uint8_t size = 1; size <= 4; size *= 2)
			answer_in(vcpu, size, answer);
		sum[0] += 0xaabbcc00 | (answer & 0xff);
		sum[1] += 0xaabb0000 | (answer & 0xffff);
		sum[2] += answer;
	}
	vcpu_finish(vcpu);
	for (int i = 0; i < 3; i++)
		check(comm[1 + i] == sum[i], "the guest's sum %d is 0x%lx, wanted 0x%x", i,
		      comm[1 + i], sum[i]);
}

/* KVM asks for all bytes of a REP INSB at once. */
static uint8_t *run_to_string_in(struct vcpu *vcpu, uint32_t count)
{
	const struct kvm_run *run = vcpu->run;

	vcpu_run_to(vcpu, KVM_EXIT_IO);
	check(run->io.port == PORT_DATA && run->io.direction == KVM_EXIT_IO_IN &&
	      run->io.size == 1 && run->io.count == count,
	      "port 0x%x, direction %u, %u items of %u bytes", run->io.port, run->io.direction,
	      run->io.count, run->io.size);
	return (uint8_t *)run + run->io.data_offset;
}

/* REP OUTSB and REP INSB move a whole string; KVM hands out the former byte by byte. */
void test_pio_string(void)
{
	static const char text[16] = "sixteen letters";
	struct vcpu *vcpu = vm_boot(BLOB(pio_string), FLAT32);
	uint8_t *data = vcpu->vm->memory + GUEST_DATA;

	memcpy(data, text, sizeof(text));
	for (size_t i = 0; i < sizeof(text); i++)
		expect_out(vcpu, 1, text[i]);
	memset(run_to_string_in(vcpu, sizeof(text)), 'x', sizeof(text));
	vcpu_finish(vcpu);
	for (size_t i = 0; i < sizeof(text); i++)
		check(data[sizeof(text) + i] == 'x', "byte %zu was not read", i);
}

/* The guest reads @answer at @gpa and writes it back inverted. */
static void answer_mmio(struct vcpu *vcpu, uint64_t gpa, uint32_t size, uint64_t answer)
{
	uint64_t written = 0, mask = size == 8 ? ~0UL : (1UL << 8 * size) - 1;

	vcpu_run_to_mmio(vcpu, false, gpa, size);
	memcpy(vcpu->run->mmio.data, &answer, size);
	vcpu_run_to_mmio(vcpu, true, gpa, size);
	memcpy(&written, vcpu->run->mmio.data, size);
	check(written == (~answer & mask), "the guest wrote 0x%lx to 0x%lx", written, gpa);
}

/* Accesses to guest-physical addresses without memory reach user space, in all sizes. */
void test_mmio(void)
{
	struct vcpu *vcpu = vm_boot(BLOB(mmio), LONG_MODE);
	const uint64_t loops = 200;

	vcpu->vm->comm[0] = loops;
	for (uint64_t i = 0; i < loops; i++) {
		uint64_t answer = i * 0x0102030405060709;

		answer_mmio(vcpu, GUEST_MMIO, 1, answer);
		answer_mmio(vcpu, GUEST_MMIO + 0x10, 2, answer);
		answer_mmio(vcpu, GUEST_MMIO + 0x20, 4, answer);
		answer_mmio(vcpu, GUEST_MMIO + 0x1030, 8, answer);
	}
	vcpu_finish(vcpu);
}

/* Without an in-kernel APIC, HLT is user space's to handle; the guest goes on after it. */
void test_hlt_exit(void)
{
	struct vcpu *vcpu = vm_boot(BLOB(hlt_exit), FLAT32);
	uint64_t *comm = vcpu->vm->comm;
	const uint64_t loops = 300;

	comm[0] = loops;
	for (uint64_t i = 0; i < loops; i++) {
		vcpu_run_to(vcpu, KVM_EXIT_HLT);
		check(comm[1] == i, "HLT number %lu after %lu returns", i, comm[1]);
	}
	vcpu_finish(vcpu);
}

/* Set the enable bit of the spurious-interrupt vector register: the reset state is "off". */
static void enable_apic(struct vcpu *vcpu)
{
	struct kvm_lapic_state apic;

	vcpu_ioctl(vcpu, KVM_GET_LAPIC, &apic);
	apic.regs[0xf1] |= 1;
	vcpu_ioctl(vcpu, KVM_SET_LAPIC, &apic);
}

static bool is_halted(struct vcpu *vcpu)
{
	struct kvm_mp_state state;

	vcpu_ioctl(vcpu, KVM_GET_MP_STATE, &state);
	return state.mp_state == KVM_MP_STATE_HALTED;
}

/* With an in-kernel APIC, a guest in HLT sleeps in the kernel until an interrupt wakes it. */
void test_hlt_wake(void)
{
	const struct kvm_msi msi = { .address_lo = 0xfee00000, .data = 0x40 };
	struct vm *vm = vm_create();
	struct vcpu *vcpu;

	vm_add_irqchip(vm);
	vm_load(vm, BLOB(hlt_wake));
	vcpu = vcpu_create(vm, FLAT32);
	enable_apic(vcpu);
	vm->comm[0] = 20;
	kick_every_5ms();
	for (uint64_t i = vm->comm[0]; i > 0; i--) {
		vcpu_run_to_step(vcpu);
		do {
			uint32_t reason = vcpu_run(vcpu);

			check(reason == KVM_EXIT_INTR, "exit %u out of HLT", reason);
		} while (!is_halted(vcpu));
		vm_ioctl(vm, KVM_SIGNAL_MSI, &msi);
	}
	vcpu_finish(vcpu);
	check(vm->comm[1] == 20, "%lu interrupts arrived, wanted 20", vm->comm[1]);
}

/* A WRMSR of the TSC holds: RDTSC and RDMSR go on from there. */
void test_msr_tsc(void)
{
	struct vcpu *vcpu = vm_boot(BLOB(msr_tsc), FLAT32);

	vcpu->vm->comm[0] = 200;
	vcpu_finish(vcpu);
}

/* EFER is the guest's own, and user space sees what the guest set last. */
void test_msr_efer(void)
{
	struct vcpu *vcpu = vm_boot(BLOB(msr_efer), FLAT32);
	struct kvm_sregs sregs;

	vcpu->vm->comm[0] = 500;
	vcpu_finish(vcpu);
	vcpu_get_sregs(vcpu, &sregs);
	check(sregs.efer == EFER_SCE, "EFER is 0x%llx at the end", sregs.efer);
}

/* The SYSENTER MSRs are the guest's own, and user space sees what the guest set last. */
void test_msr_sysenter(void)
{
	struct vcpu *vcpu = vm_boot(BLOB(msr_sysenter), FLAT32);

	vcpu->vm->comm[0] = 500;
	vcpu_finish(vcpu);
	for (uint32_t msr = MSR_IA32_SYSENTER_CS; msr < MSR_IA32_SYSENTER_CS + 3; msr++) {
		uint64_t value = vcpu_get_msr(vcpu, msr);

		/* In its last round the guest's factor is 1. */
		check(value == msr, "MSR 0x%x is 0x%lx at the end", msr, value);
	}
}

/* An MSR that does not exist is #GP(0), reading and writing. */
void test_msr_unknown(void)
{
	struct vcpu *vcpu = vm_boot(BLOB(msr_unknown), FLAT32);
	uint64_t *comm = vcpu->vm->comm;

	comm[0] = 300;
	vcpu_finish(vcpu);
	check(comm[1] == 2 * comm[0], "%lu faults, wanted %lu", comm[1], 2 * comm[0]);
}
