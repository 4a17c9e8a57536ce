// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processor modes of the guest, and the register state that must live over exits in each.
 */
#include <string.h>

#include "vm.h"
#include "vmm_tests.h"

DECLARE_BLOB(real_mode);
DECLARE_BLOB(mode_switch);
DECLARE_BLOB(registers64);
DECLARE_BLOB(fpu);

/* Real mode: segment bases, the vector table and exits work. */
void test_real_mode(void)
{
	struct vcpu *vcpu = vm_boot(BLOB(real_mode), REAL_MODE);

	vcpu_run_to_step(vcpu);
	check(vcpu->vm->comm[0] == (1000 * 1001 / 2 & 0xffff), "the sum is 0x%lx",
	      vcpu->vm->comm[0]);
	vcpu_finish(vcpu);
}

/* CR0.PE, CR0.PG and EFER.LMA, as user space sees them at each of the guest's steps. */
static void expect_mode(struct vcpu *vcpu, uint8_t step, bool protected, bool paging)
{
	struct kvm_sregs sregs;
	uint8_t got = vcpu_run_to_step(vcpu);

	check(got == step, "step %u, wanted %u", got, step);
	vcpu_get_sregs(vcpu, &sregs);
	check((sregs.cr0 & 1) == protected, "step %u: CR0 is 0x%llx", step, sregs.cr0);
	check((sregs.cr0 >> 31 & 1) == paging, "step %u: CR0 is 0x%llx", step, sregs.cr0);
	check((sregs.efer >> 10 & 1) == paging, "step %u: EFER is 0x%llx", step, sregs.efer);
	check(sregs.cs.l == paging, "step %u: CS.L is %u", step, sregs.cs.l);
}

/* A guest goes through real, protected and 64-bit mode and back, many times. */
void test_mode_switch(void)
{
	struct vcpu *vcpu = vm_boot(BLOB(mode_switch), REAL_MODE);
	const int loops = 20;

	vcpu->vm->comm[0] = loops;
	for (int i = 0; i < loops; i++) {
		expect_mode(vcpu, 1, false, false);
		expect_mode(vcpu, 2, true, false);
		expect_mode(vcpu, 3, true, true);
		expect_mode(vcpu, 4, true, false);
	}
	vcpu_finish(vcpu);
}

/* All general registers and the FS and GS bases live over exits to user space. */
void test_registers64(void)
{
	struct vcpu *vcpu = vm_boot(BLOB(registers64), LONG_MODE);
	const uint64_t loops = 100;

	vcpu->vm->comm[0] = loops;
	for (uint64_t i = 0; i < loops; i++)
		vcpu_run_to_step(vcpu);
	vcpu_finish(vcpu);
}

/* Put other values into the host's own x87 and SSE registers. */
static void use_own_fpu(uint64_t value)
{
	long double x87 = value;
	uint64_t check_value;

	asm volatile("fldt %[x87]; fadd %%st(0); fstpt %[x87]; movq %[value], %%xmm0;"
		     "punpcklqdq %%xmm0, %%xmm0; movdqa %%xmm0, %%xmm5; movdqa %%xmm0, %%xmm15;"
		     "movq %%xmm15, %[out]"
		     : [x87] "+m" (x87), [out] "=r" (check_value)
		     : [value] "r" (value)
		     : "xmm0", "xmm5", "xmm15", "st", "st(1)");
	check(check_value == value && x87 == 2 * (long double)value, "this program's own registers");
}

/* x87 and SSE state is the guest's in the guest and the host's in the host. */
void test_fpu(void)
{
	struct vcpu *vcpu = vm_boot(BLOB(fpu), LONG_MODE);
	const uint64_t loops = 200;

	vcpu->vm->comm[0] = loops;
	for (uint64_t i = 0; i < loops; i++) {
		vcpu_run_to_step(vcpu);
		use_own_fpu(i * 0x0101010101);
	}
	vcpu_finish(vcpu);
}
