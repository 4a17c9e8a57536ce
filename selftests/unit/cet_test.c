// SPDX-License-Identifier: GPL-2.0-only
/*
 * CET state between L1 and L2: IA32_S_CET, SSP, IA32_INTERRUPT_SSP_TABLE_ADDR. What L1 and L2 run
 * with is compared with the bare processor's on every entry and exit (duo.c).
 */
#include <string.h>

#include "duo.h"
#include "arch/errors.h"
#include "model_ept.h"
#include "ram.h"
#include "unit.h"

#define GPA	0x5000ull
#define FRAME	0x9000ull
#define RWX	VMX_EPT_RWX_MASK
#define WB	((u64)MEM_TYPE_WB << VMX_EPT_MT_SHIFT)

static const struct l2_exit cpuid = { .reason = EXIT_REASON_CPUID };

/* EPT12 with one page: GPA is FRAME. */
static void start(void)
{
	duo_start(MODEL_ALL, NULL);
	ram_set64(EPT_TABLE(0), EPT_TABLE(1) | RWX);
	ram_set64(EPT_TABLE(1), EPT_TABLE(2) | RWX);
	ram_set64(EPT_TABLE(2), EPT_TABLE(3) | RWX);
	ram_set64(EPT_TABLE(3) + (GPA >> 12) * 8, FRAME | RWX | WB);
	model_ept_begin();
	l1_must(duo_pointer(EXIT_REASON_VMXON, L1_VMXON));
}

static void set_cet(enum field_index first, u64 base)
{
	unsigned int i;

	for (i = 0; i < NR_CET; i++)
		duo_set((enum field_index)(first + i), base + 0x1000 * i);
}

/* L1 executes WRMSR, or what changes SSP. */
static void l1_has(u64 base)
{
	unsigned int i;

	for (i = 0; i < NR_CET; i++)
		processor.cet[i] = base + 0x1000 * i;
}

static bool runs_with(u64 base)
{
	return processor.cet[CET_S_CET] == base && processor.cet[CET_SSP] == base + 0x1000 &&
	       processor.cet[CET_SSP_TABLE] == base + 0x2000;
}

#define GUEST_OF(vmcs)	(0x10000ull + (vmcs) * 0x100000ull)
#define HOST_OF(vmcs)	(0x20000ull + (vmcs) * 0x100000ull)

static void controls(bool entry, bool exit)
{
	duo_set(FI_VM_ENTRY_CONTROLS, duo_valid(FI_VM_ENTRY_CONTROLS) |
					      (entry ? VM_ENTRY_LOAD_CET_STATE : 0));
	duo_set(FI_VM_EXIT_CONTROLS,
		duo_valid(FI_VM_EXIT_CONTROLS) | (exit ? VM_EXIT_LOAD_CET_STATE : 0));
}

static void make(unsigned int vmcs, bool entry, bool exit)
{
	l1_must(duo_pointer(EXIT_REASON_VMCLEAR, L1_VMCS(vmcs)));
	l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(vmcs)));
	duo_write_valid();
	controls(entry, exit);
	set_cet(FI_GUEST_S_CET, GUEST_OF(vmcs));
	set_cet(FI_HOST_S_CET, HOST_OF(vmcs));
}

/* L2 has what the entry loads, or what L1 had; L1 likewise. What L2 had is saved in any case. */
static void each_control_by_itself(void)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		bool entry = i & 1, exit = i & 2;

		start();
		make(0, entry, exit);
		l1_has(0x5000);
		l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
		CHECK(runs_with(entry ? GUEST_OF(0) : 0x5000));
		l1_has(0x8000);
		bare_set_l2(FI_GUEST_S_CET, 0x8000);
		bare_set_l2(FI_GUEST_SSP, 0x9000);
		bare_set_l2(FI_GUEST_INTR_SSP_TABLE, 0xa000);
		duo_exit(&cpuid);
		CHECK(runs_with(exit ? HOST_OF(0) : 0x8000));
		CHECK_EQ(read_field(GUEST_S_CET), 0x8000);
		CHECK_EQ(read_field(GUEST_SSP), 0x9000);
		CHECK_EQ(read_field(GUEST_INTR_SSP_TABLE), 0xa000);
		/* Instructions of L1 change nothing, nor do Nestor's answers to them. */
		duo_compare_fields();
		CHECK(runs_with(exit ? HOST_OF(0) : 0x8000));
		l1_must(duo_enter(EXIT_REASON_VMRESUME));
		CHECK(runs_with(entry || !exit ? 0x8000 : HOST_OF(0)));
	}
}

/* L1 goes from a VMCS whose exits load its state to one whose exits do not, and back. */
static void vmcss_in_turn(void)
{
	static const u8 order[] = { 0, 1, 0, 2, 1, 3, 0, 3, 1, 2, 2, 3, 3, 0 };
	unsigned int i;

	start();
	for (i = 0; i < 4; i++) {
		make(i, i & 1, !(i & 2));
		l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
		duo_exit(&cpuid);
	}
	for (i = 0; i < ARRAY_SIZE(order); i++) {
		l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(order[i])));
		l1_has(0x7000 + i * 0x10000);
		l1_must(duo_enter(EXIT_REASON_VMRESUME));
		if (!(order[i] & 1))
			CHECK(runs_with(0x7000 + i * 0x10000));
		duo_exit(&cpuid);
		if (!(order[i] & 2))
			CHECK(runs_with(HOST_OF(order[i])));
		duo_compare_fields();
	}
}

/* The control may go, and come, while the VMCS stays current. */
static void the_exit_control_changes(void)
{
	unsigned int i;

	start();
	make(0, true, true);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	duo_exit(&cpuid);
	CHECK(l1_state(FI_VM_ENTRY_CONTROLS) & VM_ENTRY_LOAD_CET_STATE);
	for (i = 0; i < 3; i++) {
		controls(i & 1, false);
		l1_must(duo_enter(EXIT_REASON_VMRESUME));
		duo_set_l2(FI_GUEST_SSP, 0x770000 + 0x1000 * i);
		duo_exit(&cpuid);
		CHECK(!(l1_state(FI_VM_ENTRY_CONTROLS) & VM_ENTRY_LOAD_CET_STATE));
		controls(i & 1, true);
		l1_must(duo_enter(EXIT_REASON_VMRESUME));
		duo_exit(&cpuid);
		CHECK(runs_with(HOST_OF(0)));
	}
	/* Another hypervisor without the control, after VMXOFF */
	l1_must(duo_vmxoff());
	CHECK(runs_with(HOST_OF(0)));
	l1_must(duo_pointer(EXIT_REASON_VMXON, L1_VMXON));
	make(1, true, false);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	duo_exit(&cpuid);
	CHECK(runs_with(GUEST_OF(1)));
}

/*
 * What Nestor answers itself leaves L2 what it had, even what no VM entry would load: outside 64-bit
 * mode SSP may still have the bits that it got there.
 */
static void own_exits_leave_it_alone(void)
{
	struct ept_outcome outcome;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		start();
		make(0, i & 1, i & 2);
		l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
		duo_set_l2(FI_GUEST_S_CET, 0x123000);
		duo_set_l2(FI_GUEST_SSP, 0x456001);
		CHECK_EQ(l2_access(GPA, ACCESS_READ, false, &outcome), 1);
		CHECK_EQ(processor.cet[CET_S_CET], 0x123000);
		CHECK_EQ(processor.cet[CET_SSP], 0x456001);
		duo_exit(&cpuid);
		CHECK_EQ(read_field(GUEST_SSP), 0x456001);
		/* Entries that L1 asks for load what VMCS12 has. */
		set_cet(FI_GUEST_S_CET, 0x777000);
		l1_must(duo_enter(EXIT_REASON_VMRESUME));
		CHECK(!(i & 1) || runs_with(0x777000));
	}
}

/*
 * SDM "VM-Entry Failures During or After Loading Guest State": host state is loaded as by exits. The
 * guest's had been loaded if it was an MSR that failed.
 */
static void failed_entries(void)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		bool entry = i & 1, exit = i & 2;

		start();
		make(0, entry, exit);
		l1_has(0x5000);
		duo_set(FI_GUEST_CR4, 0);
		CHECK_EQ(duo_enter(EXIT_REASON_VMLAUNCH).outcome, DONE_EXITED);
		CHECK(runs_with(exit ? HOST_OF(0) : 0x5000));
		CHECK_EQ(read_field(GUEST_SSP), GUEST_OF(0) + 0x1000);
		l1_has(0x5000);
		duo_set(FI_GUEST_CR4, duo_valid(FI_GUEST_CR4));
		ram_set64(L1_LISTS, 0xffffffff);
		duo_set(FI_VM_ENTRY_MSR_LOAD_ADDR, L1_LISTS);
		duo_set(FI_VM_ENTRY_MSR_LOAD_COUNT, 1);
		CHECK_EQ(duo_enter(EXIT_REASON_VMLAUNCH).outcome, DONE_EXITED);
		CHECK(runs_with(exit ? HOST_OF(0) : entry ? GUEST_OF(0) : 0x5000));
	}
}

/* A VMLAUNCH that is refused changes nothing. */
static void refused_entries(void)
{
	start();
	make(0, true, true);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	duo_exit(&cpuid);
	l1_has(0x5000);
	duo_set(FI_HOST_SSP, 1);
	CHECK_EQ(duo_enter(EXIT_REASON_VMRESUME).error, VMXERR_ENTRY_INVALID_HOST_STATE_FIELD);
	CHECK(runs_with(0x5000));
	duo_set(FI_HOST_SSP, HOST_OF(0));
	duo_set(FI_PIN_BASED_VM_EXEC_CONTROL, 0);
	CHECK_EQ(duo_enter(EXIT_REASON_VMRESUME).error, VMXERR_ENTRY_INVALID_CONTROL_FIELD);
	CHECK(runs_with(0x5000));
}

/* SDM "Loading MSRs": after the host state. The store list has what L2 had. */
static void msr_lists(void)
{
	unsigned int exit;

	for (exit = 0; exit < 2; exit++) {
		start();
		make(0, true, exit);
		l1_list_entry(0, MSR_IA32_S_CET, 0x77000);
		l1_list_entry(1, MSR_IA32_INT_SSP_TAB, 0x88000);
		l1_list_entry(2, MSR_IA32_S_CET, 0);
		l1_list_entry(3, MSR_IA32_INT_SSP_TAB, 0);
		duo_exit_lists(2);
		l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
		CHECK(l2_exits(&cpuid));
		CHECK_EQ(processor.cet[CET_S_CET], 0x77000);
		CHECK_EQ(processor.cet[CET_SSP], (exit ? HOST_OF(0) : GUEST_OF(0)) + 0x1000);
		CHECK_EQ(processor.cet[CET_SSP_TABLE], 0x88000);
		CHECK_EQ(ram_get64(L1_LISTS + 40), GUEST_OF(0));
		CHECK_EQ(ram_get64(L1_LISTS + 56), GUEST_OF(0) + 0x2000);
		l1_must(l1_vmwrite(GUEST_RIP, 0));
		CHECK_EQ(processor.cet[CET_S_CET], 0x77000);
	}
}

/* SDM "Loading MSRs": what WRMSR refuses is a VMX abort, with the control or without. */
static void a_list_that_fails(void)
{
	start();
	make(0, true, true);
	l1_list_entry(0, MSR_IA32_S_CET, 0x40);
	l1_must(duo_vmwrite(VM_EXIT_MSR_LOAD_ADDR, L1_LISTS));
	l1_must(duo_vmwrite(VM_EXIT_MSR_LOAD_COUNT, 1));
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	CHECK(l2_exits(&cpuid));
	CHECK_EQ(l1_state(FI_GUEST_ACTIVITY_STATE), GUEST_ACTIVITY_SHUTDOWN);
	CHECK_EQ(processor.cet[CET_S_CET], HOST_OF(0));
}

static void lose_cet(struct vmx_caps *caps)
{
	caps->entry.allowed1 &= ~VM_ENTRY_LOAD_CET_STATE;
	caps->exit.allowed1 &= ~VM_EXIT_LOAD_CET_STATE;
}

/* Without the controls there are no fields, and nothing that uses them. */
static void processors_without(void)
{
	unsigned int model;

	for (model = 0; model < NR_MODELS; model++) {
		duo_start((enum processor_model)model, lose_cet);
		duo_setup(0);
		CHECK_EQ(duo_vmread(GUEST_SSP).error, VMXERR_UNSUPPORTED_VMCS_COMPONENT);
		CHECK_EQ(duo_vmwrite(HOST_S_CET, 0).error, VMXERR_UNSUPPORTED_VMCS_COMPONENT);
		l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
		duo_exit(&cpuid);
		duo_set(FI_VM_EXIT_CONTROLS,
			duo_valid(FI_VM_EXIT_CONTROLS) | VM_EXIT_LOAD_CET_STATE);
		CHECK_EQ(duo_enter(EXIT_REASON_VMRESUME).error,
			 VMXERR_ENTRY_INVALID_CONTROL_FIELD);
	}
}

/* SDM "MOV - Move to/from Control Registers": CR4.CET needs CR0.WP, and keeps it. */
static bool faults(unsigned int cr, u64 value)
{
	gpr[GPR_RBX] = value;
	l1_set_state(FI_EXIT_QUALIFICATION, cr | (u64)GPR_RBX << 8);
	CHECK(l1state_cr_access(&nested, true));
	return l1_take_event();
}

static void control_registers(void)
{
	u64 cr0, cr4 = X86_CR4_PAE | X86_CR4_VMXE;

	l1_start(MODEL_ALL, NULL);
	cr0 = l1_state(FI_GUEST_CR0);
	CHECK(!(cr0 & X86_CR0_WP));
	CHECK(!faults(4, cr4));
	CHECK(faults(4, cr4 | X86_CR4_CET));
	CHECK(!faults(0, cr0 | X86_CR0_WP));
	CHECK(!faults(4, cr4 | X86_CR4_CET));
	CHECK(faults(0, cr0));
	CHECK(!faults(0, cr0 | X86_CR0_WP));
	CHECK(!faults(4, cr4));
	CHECK(!faults(0, cr0));
	/* A processor that has no CET */
	l1_start(MODEL_BROADWELL, NULL);
	CHECK(!faults(0, cr0 | X86_CR0_WP));
	CHECK(faults(4, cr4 | X86_CR4_CET));
}

static const struct unit_test tests[] = {
	TEST(each_control_by_itself),
	TEST(vmcss_in_turn),
	TEST(the_exit_control_changes),
	TEST(own_exits_leave_it_alone),
	TEST(failed_entries),
	TEST(refused_entries),
	TEST(msr_lists),
	TEST(a_list_that_fails),
	TEST(processors_without),
	TEST(control_registers),
};

UNIT_MAIN(tests)
