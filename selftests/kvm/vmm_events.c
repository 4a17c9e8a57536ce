// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exceptions, interrupts, NMIs, guests that fail, and debugging.
 */
#include <stdio.h>
#include <string.h>

#include "vm.h"
#include "vmm_tests.h"

DECLARE_BLOB(ud2);
DECLARE_BLOB(inject);
DECLARE_BLOB(triple_fault);
DECLARE_BLOB(interrupt);
DECLARE_BLOB(nmi);
DECLARE_BLOB(spin);
DECLARE_BLOB(single_step);

#define GP_VECTOR	13
#define DB_VECTOR	1
#define RFLAGS_RESERVED	0x2

/* An exception of the guest is the guest's to handle, though KVM looks at #UD first. */
void test_ud2_handled(void)
{
	struct vcpu *vcpu = vm_boot(BLOB(ud2), FLAT32);
	uint64_t *comm = vcpu->vm->comm;

	comm[0] = 300;
	vcpu_finish(vcpu);
	check(comm[1] == comm[0], "%lu handled, wanted %lu", comm[1], comm[0]);
}

/* An exception that user space injects arrives with its error code. */
void test_inject_gp(void)
{
	struct vcpu *vcpu = vm_boot(BLOB(inject), FLAT32);
	struct kvm_vcpu_events events;

	vcpu_run_to_step(vcpu);
	vcpu_ioctl(vcpu, KVM_GET_VCPU_EVENTS, &events);
	events.exception.injected = 1;
	events.exception.nr = GP_VECTOR;
	events.exception.has_error_code = 1;
	events.exception.error_code = 0x50;
	vcpu_ioctl(vcpu, KVM_SET_VCPU_EVENTS, &events);
	vcpu_finish(vcpu);
	check(vcpu->vm->comm[0] == 0x50, "error code 0x%lx", vcpu->vm->comm[0]);
}

/* A guest that can deliver no exception shuts down, and only it does. */
void test_triple_fault(void)
{
	for (int i = 0; i < 10; i++) {
		struct vcpu *vcpu = vm_boot(BLOB(triple_fault), FLAT32);
		struct kvm_sregs sregs;

		vcpu_get_sregs(vcpu, &sregs);
		sregs.idt.limit = 0;
		vcpu_set_sregs(vcpu, &sregs);
		vcpu_run_to_step(vcpu);
		vcpu_run_to(vcpu, KVM_EXIT_SHUTDOWN);
	}
}

static bool has_unrestricted_guest(void)
{
	FILE *file = fopen("/sys/module/kvm_intel/parameters/unrestricted_guest", "r");
	bool yes = file && fgetc(file) == 'Y';

	if (file)
		fclose(file);
	return yes;
}

/*
 * Guest state that the processor refuses is an entry failure with its exit reason: 33, "VM-entry
 * failure due to invalid guest state", with bit 31. A code segment must not be of 64-bit and of
 * 32-bit default size at once. The vCPU runs again once the state is right.
 */
void test_entry_failure(void)
{
	struct vcpu *vcpu = vm_boot(BLOB(inject), LONG_MODE);
	struct kvm_sregs sregs;
	uint64_t reason;

	if (!has_unrestricted_guest())
		skip("KVM emulates a guest in such a state: kvm_intel has unrestricted_guest=N");
	vcpu_get_sregs(vcpu, &sregs);
	sregs.cs.db = 1;
	vcpu_set_sregs(vcpu, &sregs);
	for (int i = 0; i < 10; i++) {
		vcpu_run_to(vcpu, KVM_EXIT_FAIL_ENTRY);
		reason = vcpu->run->fail_entry.hardware_entry_failure_reason;
		check(reason == 0x80000021, "the entry failed with reason 0x%lx", reason);
	}
	sregs.cs.db = 0;
	vcpu_set_sregs(vcpu, &sregs);
	vcpu_run_to_step(vcpu);
}

/*
 * Where KVM has no interrupt controller, user space waits until the guest can take an interrupt
 * ("interrupt-window exiting"), and then injects it.
 */
void test_interrupt(void)
{
	struct vcpu *vcpu = vm_boot(BLOB(interrupt), FLAT32);
	uint64_t *comm = vcpu->vm->comm;
	const uint32_t rounds = 100;

	comm[0] = rounds;
	for (uint32_t i = 0; i < rounds; i++) {
		const struct kvm_interrupt interrupt = { .irq = 0x40 + i % 2 };

		vcpu_run_to_step(vcpu);
		check(!vcpu->run->if_flag, "the guest's interrupts are on, wanted off");
		vcpu->run->request_interrupt_window = 1;
		vcpu_run_to(vcpu, KVM_EXIT_IRQ_WINDOW_OPEN);
		vcpu->run->request_interrupt_window = 0;
		vcpu_ioctl(vcpu, KVM_INTERRUPT, &interrupt);
	}
	vcpu_finish(vcpu);
	check(comm[1] == rounds / 2 && comm[2] == rounds / 2,
	      "%lu and %lu interrupts arrived, wanted %u of each", comm[1], comm[2], rounds / 2);
}

/* Each NMI that is sent arrives, once. */
void test_nmi(void)
{
	struct vcpu *vcpu = vm_boot(BLOB(nmi), FLAT32);
	uint64_t *comm = vcpu->vm->comm;
	const uint64_t rounds = 100;

	comm[0] = rounds;
	for (uint64_t i = 0; i < rounds; i++) {
		vcpu_run_to_step(vcpu);
		check(comm[1] == i, "%lu NMIs arrived, %lu were sent", comm[1], i);
		vcpu_ioctl(vcpu, KVM_NMI, 0);
	}
	vcpu_finish(vcpu);
	check(comm[1] == rounds, "%lu NMIs arrived, %lu were sent", comm[1], rounds);
}

/*
 * The host's interrupts take a spinning guest off the CPU whatever the guest's own interrupt flag
 * says. The guest never leaves by itself, so each return of KVM_RUN is such an interrupt.
 */
static void spin(bool interrupts_on)
{
	struct vcpu *vcpu = vm_boot(BLOB(spin), FLAT32);

	kick_every_5ms();
	vcpu->vm->comm[0] = interrupts_on;
	for (int i = 0; i < 20; i++) {
		uint32_t reason = vcpu_run(vcpu);

		check(reason == KVM_EXIT_INTR, "exit %u of a guest that spins", reason);
	}
	vcpu->vm->comm[1] = 1;
	vcpu_finish(vcpu);
}

void test_spin_interrupts_on(void)
{
	spin(true);
}

void test_spin_interrupts_off(void)
{
	spin(false);
}

static void debug(struct vcpu *vcpu, uint32_t control, uint64_t breakpoint)
{
	const struct kvm_guest_debug debug = {
		.control = control,
		.arch.debugreg = { [0] = breakpoint, [7] = breakpoint ? 0x402 : 0x400 },
	};

	vcpu_ioctl(vcpu, KVM_SET_GUEST_DEBUG, &debug);
}

static void expect_debug(struct vcpu *vcpu, uint64_t rip, uint64_t dr6)
{
	const struct kvm_debug_exit_arch *arch = &vcpu->run->debug.arch;

	vcpu_run_to(vcpu, KVM_EXIT_DEBUG);
	check(arch->exception == DB_VECTOR, "exception %u", arch->exception);
	check(arch->pc == rip, "stopped at 0x%llx, wanted 0x%lx", arch->pc, rip);
	check((arch->dr6 & 0x600f) == dr6, "DR6 is 0x%llx, wanted 0x%lx", arch->dr6, dr6);
}

#define DR6_BS 0x4000
#define DR6_B0 0x0001

/* Where the one-byte instructions of the payload begin: after an OUT of two bytes. */
#define FIRST_STEP (GUEST_CODE + 2)

/*
 * Single steps stop after each instruction, and leave no trace in the guest. The first completes
 * the OUT that the guest left by.
 */
void test_single_step(void)
{
	struct vcpu *vcpu = vm_boot(BLOB(single_step), FLAT32);
	struct kvm_regs regs;

	vcpu_run_to_step(vcpu);
	debug(vcpu, KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP, 0);
	for (int i = 0; i < 10; i++)
		expect_debug(vcpu, FIRST_STEP + i, DR6_BS);
	debug(vcpu, 0, 0);
	check(vcpu_run_to_step(vcpu) == 20, "instructions were lost");
	vcpu_ioctl(vcpu, KVM_GET_REGS, &regs);
	check(!(regs.rflags & 0x100), "RFLAGS.TF is still set");
	vcpu_finish(vcpu);
}

/* A breakpoint in DR0 stops before its instruction. */
void test_hardware_breakpoint(void)
{
	struct vcpu *vcpu = vm_boot(BLOB(single_step), FLAT32);

	vcpu_run_to_step(vcpu);
	for (uint64_t rip = FIRST_STEP + 3; rip < FIRST_STEP + 20; rip += 4) {
		debug(vcpu, KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP, rip);
		expect_debug(vcpu, rip, DR6_B0);
	}
	debug(vcpu, 0, 0);
	check(vcpu_run_to_step(vcpu) == 20, "instructions were lost");
	vcpu_finish(vcpu);
}
