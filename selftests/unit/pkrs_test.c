// SPDX-License-Identifier: GPL-2.0-only
/*
 * IA32_PKRS between L1 and L2. What L1 and L2 run with is compared with the bare processor's on every entry
 * and exit (duo.c).
 */
#include "duo.h"
#include "arch/checks.h"
#include "arch/errors.h"
#include "arch/msr.h"
#include "ram.h"
#include "unit.h"

static const struct l2_exit cpuid = { .reason = EXIT_REASON_CPUID };

static void start(void)
{
	duo_start(MODEL_ALL, NULL);
	duo_setup(0);
}

static void controls(bool entry, bool exit)
{
	duo_set(FI_VM_ENTRY_CONTROLS, duo_valid(FI_VM_ENTRY_CONTROLS) |
					      (entry ? VM_ENTRY_LOAD_IA32_PKRS : 0));
	duo_set(FI_VM_EXIT_CONTROLS,
		duo_valid(FI_VM_EXIT_CONTROLS) | (exit ? VM_EXIT_LOAD_IA32_PKRS : 0));
}

/* L2 has what the entry loads, or what L1 had; L1 likewise. What L2 had is saved in any case. */
static void each_control_by_itself(void)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		bool entry = i & 1, exit = i & 2;

		start();
		controls(entry, exit);
		duo_set(FI_GUEST_IA32_PKRS, 0x11);
		duo_set(FI_HOST_IA32_PKRS, 0x22);
		processor.pkrs = 0x33;
		l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
		CHECK_EQ(processor.pkrs, entry ? 0x11 : 0x33);
		duo_set_l2(FI_GUEST_IA32_PKRS, 0x44);
		duo_exit(&cpuid);
		CHECK_EQ(processor.pkrs, exit ? 0x22 : 0x44);
		CHECK_EQ(read_field(GUEST_IA32_PKRS), 0x44);
		/* L1 executes WRMSR. */
		processor.pkrs = 0x55;
		duo_compare_fields();
		l1_must(duo_enter(EXIT_REASON_VMRESUME));
		CHECK_EQ(processor.pkrs, entry ? 0x44 : 0x55);
	}
}

/* SDM "VM-Entry Failures During or After Loading Guest State": host state is loaded as by exits. */
static void failed_entries(void)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		start();
		controls(i & 1, i & 2);
		duo_set(FI_GUEST_IA32_PKRS, 0x11);
		duo_set(FI_HOST_IA32_PKRS, 0x22);
		duo_set(FI_GUEST_CR4, 0);
		processor.pkrs = 0x33;
		CHECK_EQ(duo_enter(EXIT_REASON_VMLAUNCH).outcome, DONE_EXITED);
		CHECK_EQ(processor.pkrs, i & 2 ? 0x22 : 0x33);
	}
	/* A guest's value with more than 32 bits is bad guest state, a host's is bad host state. */
	start();
	controls(true, true);
	duo_set(FI_GUEST_IA32_PKRS, BIT_ULL(32));
	CHECK_EQ(duo_enter(EXIT_REASON_VMLAUNCH).outcome, DONE_EXITED);
	duo_set(FI_HOST_IA32_PKRS, BIT_ULL(63));
	CHECK_EQ(duo_enter(EXIT_REASON_VMLAUNCH).error, VMXERR_ENTRY_INVALID_HOST_STATE_FIELD);
	CHECK_EQ(shared.stats.entry_checks[CHECK_HOST_PKRS], 1);
}

/* SDM "Loading MSRs": after the host state. The store list has what L2 had. */
static void msr_lists(void)
{
	start();
	controls(true, true);
	duo_set(FI_GUEST_IA32_PKRS, 0x11);
	duo_set(FI_HOST_IA32_PKRS, 0x22);
	l1_list_entry(0, MSR_IA32_PKRS, 0x66);
	l1_list_entry(1, MSR_IA32_PKRS, 0);
	duo_exit_lists(1);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	CHECK(l2_exits(&cpuid));
	CHECK_EQ(processor.pkrs, 0x66);
	CHECK_EQ(ram_get64(L1_LISTS + 24), 0x11);
}

static void lose_pkrs(struct vmx_caps *caps)
{
	caps->entry.allowed1 &= ~VM_ENTRY_LOAD_IA32_PKRS;
	caps->exit.allowed1 &= ~VM_EXIT_LOAD_IA32_PKRS;
}

/* Without the controls there are no fields, and nothing that uses them. */
static void a_processor_without(void)
{
	duo_start(MODEL_ALL, lose_pkrs);
	duo_setup(0);
	CHECK_EQ(duo_vmread(GUEST_IA32_PKRS).error, VMXERR_UNSUPPORTED_VMCS_COMPONENT);
	controls(false, true);
	CHECK_EQ(duo_enter(EXIT_REASON_VMLAUNCH).error, VMXERR_ENTRY_INVALID_CONTROL_FIELD);
	controls(false, false);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	duo_exit(&cpuid);
}

static const struct unit_test tests[] = {
	TEST(each_control_by_itself),
	TEST(failed_entries),
	TEST(msr_lists),
	TEST(a_processor_without),
};

UNIT_MAIN(tests)
