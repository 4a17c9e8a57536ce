// SPDX-License-Identifier: GPL-2.0-only
/*
 * VM exits of L2: those that are L1's, with all they tell; those that Nestor answers, without a
 * trace.
 */
#include "arch/checks.h"
#include "duo.h"
#include "arch/errors.h"
#include "model_ept.h"
#include "ram.h"
#include "unit.h"
#include "decode/fields.h"

#define GPA		0x5000ull
#define FRAME		0x9000ull
#define RWX		VMX_EPT_RWX_MASK
#define WB		((u64)MEM_TYPE_WB << VMX_EPT_MT_SHIFT)

/* EPT12 with one page: GPA is FRAME. */
static void fill_ept12(void)
{
	ram_set64(EPT_TABLE(0), EPT_TABLE(1) | RWX);
	ram_set64(EPT_TABLE(1), EPT_TABLE(2) | RWX);
	ram_set64(EPT_TABLE(2), EPT_TABLE(3) | RWX);
	ram_set64(EPT_TABLE(3) + (GPA >> 12) * 8, FRAME | RWX | WB);
	model_ept_begin();
}

static void start(enum processor_model model)
{
	duo_start(model, NULL);
	fill_ept12();
	duo_setup(0);
}

/* To where L2 runs. */
static void enter(enum processor_model model)
{
	start(model);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
}

static u64 distinct(unsigned int i)
{
	return 0x1111111111111111ull * (i % 15 + 1) ^ i;
}

/* Every basic exit reason that L1 gets, with every field of exit information. */
static void every_reason_is_handed_on(void)
{
	u32 reason;

	enter(MODEL_ALL);
	for (reason = 0; reason < NR_EXIT_REASONS; reason++) {
		struct l2_exit exit = {
			.reason = reason,
			.qualification = distinct(1),
			.intr_info = INTR_INFO_VALID_MASK | INTR_INFO_DELIVER_CODE_MASK | 0x30e,
			.intr_error = (u32)distinct(2),
			.idt_info = INTR_INFO_VALID_MASK | INTR_INFO_DELIVER_CODE_MASK | 0x30d,
			.idt_error = (u32)distinct(3),
			.length = 7,
			.insn_info = (u32)distinct(4),
			.gpa = 0x123456000,
			.linear = distinct(5),
		};

		if (reason == EXIT_REASON_EPT_VIOLATION || reason == EXIT_REASON_VMFUNC ||
		    reason == EXIT_REASON_VMREAD || reason == EXIT_REASON_VMWRITE)
			exit.reason = EXIT_REASON_CPUID;
		duo_exit(&exit);
		duo_compare_fields();
		l1_must(duo_enter(EXIT_REASON_VMRESUME));
	}
	CHECK_EQ(shared.stats.l2_reflected[EXIT_REASON_CPUID], 5);
	CHECK_EQ(shared.stats.l2_reflected[EXIT_REASON_HLT], 1);
	/* Not the one that L2 has not come back from, and no exit for a reason that means failure. */
	CHECK_EQ(shared_entries(shared.stats.l2_reflected), NR_EXIT_REASONS - 3);
	CHECK_EQ(nested.current->tracked->exits[EXIT_REASON_HLT], 1);
}

/* Bits above the basic reason, and reasons that nobody knows. */
static void reasons_with_more_bits(void)
{
	static const u32 reasons[] = {
		EXIT_REASON_CPUID | VMX_EXIT_REASON_BUS_LOCK, 0x7fff,
		EXIT_REASON_MONITOR_TRAP_FLAG | VMX_EXIT_REASON_PENDING_MTF,
	};
	unsigned int i;

	enter(MODEL_ALL);
	for (i = 0; i < ARRAY_SIZE(reasons); i++) {
		const struct l2_exit exit = { .reason = reasons[i] };

		duo_exit(&exit);
		CHECK_EQ(read_field(VM_EXIT_REASON), reasons[i]);
		l1_must(duo_enter(EXIT_REASON_VMRESUME));
	}
	CHECK_EQ(shared.stats.l2_reflected[OTHER_REASON], 1);
	CHECK_EQ(nested.current->tracked->exits[OTHER_REASON], 1);
	CHECK_EQ(shared.stats.l2_reflected[0], 0);
}

/* SDM "Basic VM-Exit Information": bits beside the basic reason do not make an exit L1's, or hide it. */
static void an_own_exit_with_more_bits(void)
{
	struct l2_exit exit = {
		.reason = EXIT_REASON_EPT_VIOLATION | VMX_EXIT_REASON_ENCLAVE_MODE,
		.qualification = EPT_VIOLATION_ACC_READ,
		.gpa = GPA,
	};

	enter(MODEL_ALL);
	CHECK(!l2_exits(&exit));
	CHECK_EQ(shared.stats.l2_own[EXIT_REASON_EPT_VIOLATION], 1);
	exit.gpa = GPA + 0x1000;
	CHECK(l2_exits(&exit));
	CHECK_EQ(read_field(VM_EXIT_REASON), exit.reason);

	/* What software makes of it has them too. */
	ram_set64(EPT_TABLE(3) + (GPA >> 12) * 8 + 8, VMX_EPT_WRITABLE_MASK);
	l1_must(l1_enter(EXIT_REASON_VMRESUME));
	CHECK(l2_exits(&exit));
	CHECK_EQ(read_field(VM_EXIT_REASON),
		 EXIT_REASON_EPT_MISCONFIG | VMX_EXIT_REASON_ENCLAVE_MODE);
}

/* An NMI that comes in enclave mode blocks NMIs as others do. */
static void an_nmi_with_more_bits(void)
{
	const struct l2_exit exit = {
		.reason = EXIT_REASON_EXCEPTION_NMI | VMX_EXIT_REASON_ENCLAVE_MODE,
		.intr_info = INTR_INFO_VALID_MASK | INTR_TYPE_NMI_INTR | NMI_VECTOR,
	};

	enter(MODEL_ALL);
	CHECK(l2_exits(&exit));
	CHECK_EQ(l1_state(FI_GUEST_INTERRUPTIBILITY_INFO), GUEST_INTR_STATE_NMI);
	CHECK_EQ(read_field(VM_EXIT_REASON), exit.reason);
}

static u64 snapshot[NR_FIELDS];

static void take_snapshot(void)
{
	int field;

	for (field = 0; field < NR_FIELDS; field++)
		snapshot[field] = hw_state((enum field_index)field);
}

/* All of VMCS02 but exit information and what @except names. */
static void expect_snapshot(const u16 *except, unsigned int nr)
{
	unsigned int i;
	int field;

	for (field = 0; field < NR_FIELDS; field++) {
		bool skip = field_read_only((enum field_index)field);

		for (i = 0; i < nr; i++)
			skip |= except[i] == field;
		CHECK_MSG(skip || hw_state((enum field_index)field) == snapshot[field],
			  "%s: %#llx, not %#llx", field_name((enum field_index)field),
			  hw_state((enum field_index)field), snapshot[field]);
	}
}

/* A page is filled while L2 accesses it: nothing in VMCS02 or of L1 has changed. */
static void a_fill_leaves_no_trace(void)
{
	struct ept_outcome outcome;
	u64 rip;

	enter(MODEL_ALL);
	rip = l1_state(FI_GUEST_RIP);
	take_snapshot();
	CHECK_EQ(l2_access(GPA, ACCESS_READ, false, &outcome), 1);
	CHECK_EQ(outcome.result, EPT_OK);
	CHECK_EQ(outcome.pa, FRAME);
	expect_snapshot(NULL, 0);
	CHECK_EQ(l1_state(FI_GUEST_RIP), rip);
	CHECK_EQ(shared.stats.l2_own[EXIT_REASON_EPT_VIOLATION], 1);
	CHECK_EQ(shared_entries(shared.stats.l2_reflected), 0);
	/* The second time there is no exit. */
	CHECK_EQ(l2_access(GPA + 8, ACCESS_WRITE, false, &outcome), 1);
	CHECK_EQ(l2_access(GPA + 8, ACCESS_WRITE, false, &outcome), 0);
}

/* What was on its way is delivered again: type, vector, error code, instruction length. */
static void a_fill_during_event_delivery(void)
{
	static const u16 injection[] = {
		FI_VM_ENTRY_INTR_INFO_FIELD, FI_VM_ENTRY_EXCEPTION_ERROR_CODE,
		FI_VM_ENTRY_INSTRUCTION_LEN,
	};
	const u32 event = INTR_INFO_VALID_MASK | INTR_INFO_DELIVER_CODE_MASK | 0x300 | GP_VECTOR;
	const struct l2_exit cpuid = { .reason = EXIT_REASON_CPUID };
	struct ept_outcome outcome;

	start(MODEL_ALL);
	duo_set(FI_VM_ENTRY_EXCEPTION_ERROR_CODE, 0x77);
	duo_set(FI_VM_ENTRY_INSTRUCTION_LEN, 5);
	duo_set(FI_VM_ENTRY_INTR_INFO_FIELD, INTR_INFO_VALID_MASK | 0x2a);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	take_snapshot();
	l2_access_exit.idt_info = event;
	l2_access_exit.idt_error = 0x18;
	l2_access(GPA, ACCESS_READ, false, &outcome);
	CHECK_EQ(hw_state(FI_VM_ENTRY_INTR_INFO_FIELD), event);
	CHECK_EQ(hw_state(FI_VM_ENTRY_EXCEPTION_ERROR_CODE), 0x18);
	expect_snapshot(injection, ARRAY_SIZE(injection));

	/* A software interrupt needs its length. */
	l2_access_exit.idt_info = INTR_INFO_VALID_MASK | INTR_TYPE_SOFT_INTR | 0x80;
	l2_access_exit.length = 2;
	l2_access(GPA, ACCESS_WRITE, false, &outcome);
	CHECK_EQ(hw_state(FI_VM_ENTRY_INTR_INFO_FIELD), l2_access_exit.idt_info);
	CHECK_EQ(hw_state(FI_VM_ENTRY_INSTRUCTION_LEN), 2);

	/* L1 finds its own values in VMCS12, but for the valid bit. */
	duo_exit(&cpuid);
	duo_compare_fields();
	CHECK_EQ(read_field(VM_ENTRY_INTR_INFO_FIELD), 0x2a);
	CHECK_EQ(read_field(VM_ENTRY_INSTRUCTION_LEN), 5);
}

/* An NMI that was on its way does not block itself; an IRET that was interrupted blocks again. */
static void a_fill_and_nmis(void)
{
	static const u16 changed[] = {
		FI_VM_ENTRY_INTR_INFO_FIELD, FI_GUEST_INTERRUPTIBILITY_INFO,
	};
	struct ept_outcome outcome;

	enter(MODEL_ALL);
	take_snapshot();
	l2_set_state(FI_GUEST_INTERRUPTIBILITY_INFO, GUEST_INTR_STATE_NMI);
	l2_access_exit.idt_info = INTR_INFO_VALID_MASK | INTR_TYPE_NMI_INTR | NMI_VECTOR;
	l2_access(GPA, ACCESS_READ, false, &outcome);
	CHECK_EQ(hw_state(FI_GUEST_INTERRUPTIBILITY_INFO), 0);
	CHECK_EQ(hw_state(FI_VM_ENTRY_INTR_INFO_FIELD), l2_access_exit.idt_info);

	l2_access_exit.idt_info = 0;
	l2_access_exit.qualification = EPT_VIOLATION_NMI_UNBLOCKED;
	l2_access(GPA, ACCESS_WRITE, false, &outcome);
	CHECK_EQ(hw_state(FI_GUEST_INTERRUPTIBILITY_INFO), GUEST_INTR_STATE_NMI);
	expect_snapshot(changed, ARRAY_SIZE(changed));

	/* The bit means something else during event delivery. */
	enter(MODEL_ALL);
	l2_access_exit.idt_info = INTR_INFO_VALID_MASK | 0x300 | DE_VECTOR;
	l2_access_exit.qualification = EPT_VIOLATION_NMI_UNBLOCKED;
	l2_access(GPA, ACCESS_READ, false, &outcome);
	CHECK_EQ(hw_state(FI_GUEST_INTERRUPTIBILITY_INFO), 0);
}

/* In real mode exceptions push no error code, whatever was noted; bit 12 is undefined. */
static void a_fill_in_real_mode(void)
{
	struct ept_outcome outcome;

	enter(MODEL_ALL);
	l2_set_state(FI_GUEST_CR0, X86_CR0_NE);
	l2_access_exit.idt_info = INTR_INFO_VALID_MASK | INTR_INFO_DELIVER_CODE_MASK |
				  INTR_INFO_UNBLOCK_NMI | 0x300 | GP_VECTOR;
	nested.entry_reason = 0;
	l2_set_state(FI_VM_ENTRY_CONTROLS,
		     hw_state(FI_VM_ENTRY_CONTROLS) & ~(u64)VM_ENTRY_IA32E_MODE);
	l2_set_state(FI_GUEST_IA32_EFER, 0);
	l2_access(GPA, ACCESS_READ, false, &outcome);
	CHECK_EQ(hw_state(FI_VM_ENTRY_INTR_INFO_FIELD), INTR_INFO_VALID_MASK | 0x300 | GP_VECTOR);
}

/* The instruction will be executed again: its single-step trap is not due yet. */
static void a_fill_while_single_stepping(void)
{
	struct ept_outcome outcome;

	enter(MODEL_BROADWELL);
	l2_set_state(FI_GUEST_PENDING_DBG_EXCEPTIONS, PENDING_DBG_BS | 1);
	l2_access(GPA, ACCESS_READ, false, &outcome);
	CHECK_EQ(hw_state(FI_GUEST_PENDING_DBG_EXCEPTIONS), 1);
	/* That of MOV SS is due after the instruction, and VM entry wants it. */
	enter(MODEL_BROADWELL);
	l2_set_state(FI_GUEST_INTERRUPTIBILITY_INFO, GUEST_INTR_STATE_MOV_SS);
	l2_set_state(FI_GUEST_PENDING_DBG_EXCEPTIONS, PENDING_DBG_BS);
	l2_access(GPA, ACCESS_READ, false, &outcome);
	CHECK_EQ(hw_state(FI_GUEST_PENDING_DBG_EXCEPTIONS), PENDING_DBG_BS);
}

/* Nestor goes on with L2 and the processor will not: L2 cannot run, and L1 hears of it. */
static void an_own_entry_that_is_refused(void)
{
	const struct l2_exit violation = {
		.reason = EXIT_REASON_EPT_VIOLATION, .qualification = 0x181, .gpa = GPA,
	};

	enter(MODEL_BROADWELL);
	l2_refuse(VMXERR_ENTRY_INVALID_CONTROL_FIELD, 0);
	CHECK(l2_exits(&violation));
	CHECK_EQ(read_field(VM_EXIT_REASON), EXIT_REASON_TRIPLE_FAULT);
	CHECK_EQ(shared.stats.bugs, 1);
	CHECK_EQ(l1_state(FI_GUEST_RIP), duo_valid(FI_HOST_RIP));
}

/*
 * VTPR is in memory, which L2 or another CPU writes to, and at VM entry the processor looks at it. What
 * it refuses after an exit of Nestor's own is no fault: the threshold has been crossed.
 */
static void vtpr_falls_before_an_own_entry(void)
{
	const struct l2_exit violation = {
		.reason = EXIT_REASON_EPT_VIOLATION,
		.qualification = 0x181,
		.gpa = GPA,
		.idt_info = INTR_INFO_VALID_MASK | 0x41,
	};
	const u64 apic_page = 0xa000;

	start(MODEL_BROADWELL);
	duo_set(FI_CPU_BASED_VM_EXEC_CONTROL,
		duo_valid(FI_CPU_BASED_VM_EXEC_CONTROL) | CPU_BASED_TPR_SHADOW);
	duo_set(FI_VIRTUAL_APIC_PAGE_ADDR, apic_page);
	duo_set(FI_TPR_THRESHOLD, 5);
	ram_set32(apic_page + 0x80, 0x40);
	CHECK_EQ(duo_enter(EXIT_REASON_VMLAUNCH).error, VMXERR_ENTRY_INVALID_CONTROL_FIELD);
	ram_set32(apic_page + 0x80, 0x50);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	ram_set32(apic_page + 0x80, 0x40);
	CHECK(l2_exits(&violation));
	CHECK_EQ(shared.stats.bugs, 0);
	CHECK_EQ(read_field(VM_EXIT_REASON), EXIT_REASON_TPR_BELOW_THRESHOLD);
	CHECK_EQ(read_field(VM_EXIT_INTR_INFO), 0);
	CHECK_EQ(read_field(IDT_VECTORING_INFO_FIELD), INTR_INFO_VALID_MASK | 0x41);
	CHECK_EQ(l1_state(FI_GUEST_RIP), duo_valid(FI_HOST_RIP));
	ram_set32(apic_page + 0x80, 0x50);
	l1_must(duo_enter(EXIT_REASON_VMRESUME));
}

/* As before, and the processor refuses the guest state: L1's own entry has succeeded long ago. */
static void a_guest_that_is_refused_later(void)
{
	const struct l2_exit violation = {
		.reason = EXIT_REASON_EPT_VIOLATION, .qualification = 0x181, .gpa = GPA,
	};

	enter(MODEL_BROADWELL);
	l2_refuse(EXIT_REASON_INVALID_STATE, 0);
	CHECK(l2_exits(&violation));
	CHECK_EQ(read_field(VM_EXIT_REASON), EXIT_REASON_TRIPLE_FAULT);
	CHECK_EQ(shared.stats.bugs, 1);
	CHECK_EQ(shared.stats.entry_failures, 0);
	CHECK_EQ(l1_state(FI_GUEST_RIP), duo_valid(FI_HOST_RIP));
}

/* SDM "Saving Non-Register State": the timer goes on from where it was. */
static void preemption_timer(void)
{
	const struct l2_exit cpuid = { .reason = EXIT_REASON_CPUID };
	struct ept_outcome outcome;

	start(MODEL_ALL);
	duo_set(FI_PIN_BASED_VM_EXEC_CONTROL,
		duo_valid(FI_PIN_BASED_VM_EXEC_CONTROL) | PIN_BASED_VMX_PREEMPTION_TIMER);
	duo_set(FI_VMX_PREEMPTION_TIMER_VALUE, 1000);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	duo_set_l2(FI_VMX_PREEMPTION_TIMER_VALUE, 900);
	l2_access(GPA, ACCESS_READ, false, &outcome);
	CHECK_EQ(hw_state(FI_VMX_PREEMPTION_TIMER_VALUE), 900);
	duo_exit(&cpuid);
	/* Not saved for L1, who did not ask for it. */
	CHECK_EQ(read_field(VMX_PREEMPTION_TIMER_VALUE), 1000);
	duo_set(FI_VM_EXIT_CONTROLS,
		duo_valid(FI_VM_EXIT_CONTROLS) | VM_EXIT_SAVE_VMX_PREEMPTION_TIMER);
	l1_must(duo_enter(EXIT_REASON_VMRESUME));
	duo_set_l2(FI_VMX_PREEMPTION_TIMER_VALUE, 5);
	duo_exit(&cpuid);
	CHECK_EQ(read_field(VMX_PREEMPTION_TIMER_VALUE), 5);
	duo_compare_fields();
}

/* Without EPT12 the PDPTEs of a PAE guest are in memory, and the processor wants them in VMCS02. */
static void pdptes_without_ept(void)
{
	const struct l2_exit cpuid = { .reason = EXIT_REASON_CPUID };
	unsigned int i;

	start(MODEL_BROADWELL);
	duo_set(FI_SECONDARY_VM_EXEC_CONTROL, SECONDARY_EXEC_ENABLE_VPID);
	duo_set(FI_VM_ENTRY_CONTROLS,
		duo_valid(FI_VM_ENTRY_CONTROLS) & ~(u64)VM_ENTRY_IA32E_MODE);
	duo_set(FI_GUEST_IA32_EFER, 0);
	duo_set(FI_GUEST_CR3, L1_PAGES + 0x20);
	duo_set(FI_GUEST_PDPTR1, 0x1234);
	for (i = 0; i < 4; i++)
		ram_set64(L1_PAGES + 0x20 + i * 8, 0x10000ull * (i + 1) | PTE_P);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	for (i = 0; i < 4; i++)
		CHECK_EQ(hw_state((enum field_index)(FI_GUEST_PDPTR0 + i)),
			 0x10000ull * (i + 1) | PTE_P);
	/* L1 finds its own, also when the processor refuses the entry after all. */
	duo_exit(&cpuid);
	duo_compare_fields();
	CHECK_EQ(read_field(GUEST_PDPTR1), 0x1234);
	duo_set(FI_VM_ENTRY_INTR_INFO_FIELD, INTR_INFO_VALID_MASK | 0x100);
	CHECK_EQ(duo_enter(EXIT_REASON_VMRESUME).error, VMXERR_ENTRY_INVALID_CONTROL_FIELD);
	CHECK_EQ(read_field(GUEST_PDPTR1), 0x1234);
}

/* Without VPID the processor forgets L1's linear mappings on each transition: so does Nestor. */
static void flushes_without_vpid(void)
{
	const struct l2_exit cpuid = { .reason = EXIT_REASON_CPUID };
	unsigned int before;

	start(MODEL_BROADWELL);
	before = processor.invvpids;
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	duo_exit(&cpuid);
	CHECK_EQ(processor.invvpids, before);
	duo_set(FI_SECONDARY_VM_EXEC_CONTROL, SECONDARY_EXEC_ENABLE_EPT);
	l1_must(duo_enter(EXIT_REASON_VMRESUME));
	duo_exit(&cpuid);
	CHECK_EQ(processor.invvpids, before + 2);
	CHECK_EQ(processor.last_invvpid.vpid, VPID_L1);
}

static void without_vpid(struct vmx_caps *caps)
{
	caps->proc2.allowed1 &= ~SECONDARY_EXEC_ENABLE_VPID;
	caps->ept_vpid &= VMX_VPID_INVVPID_BIT - 1;
}

static void without_single_context(struct vmx_caps *caps)
{
	caps->ept_vpid &= ~VMX_VPID_EXTENT_SINGLE_CONTEXT_BIT;
}

/* An entry and an exit of an L2 that has no VPID. */
static void run_without_vpid(void)
{
	const struct l2_exit cpuid = { .reason = EXIT_REASON_CPUID };

	duo_set(FI_SECONDARY_VM_EXEC_CONTROL, SECONDARY_EXEC_ENABLE_EPT);
	l1_must(duo_enter(nested.current->launched ? EXIT_REASON_VMRESUME : EXIT_REASON_VMLAUNCH));
	duo_exit(&cpuid);
}

/*
 * INVVPID is #UD where there is no VPID (the model processor ends the program), and the type may not
 * exist. There each entry and exit of the processor forgets what L1 has.
 */
static void flushes_with_what_there_is(void)
{
	duo_start(MODEL_BROADWELL, without_vpid);
	duo_setup(0);
	run_without_vpid();
	CHECK_EQ(processor.invvpids, 0);

	duo_start(MODEL_BROADWELL, without_single_context);
	duo_setup(0);
	run_without_vpid();
	CHECK_EQ(processor.invvpids, 2);
	CHECK_EQ(processor.last_invvpid.type, VMX_VPID_EXTENT_ALL_CONTEXT);
}

/*
 * The processor loads L2's PERF_GLOBAL_CTRL, as it checks it, and software L1's: an own exit must not
 * load the host's, nor the entry after it L2's old one.
 */
static void performance_counters(void)
{
	const struct l2_exit cpuid = { .reason = EXIT_REASON_CPUID };
	struct ept_outcome outcome;

	start(MODEL_ALL);
	processor_add_msr(MSR_CORE_PERF_GLOBAL_CTRL, 0, 0);
	duo_set(FI_VM_ENTRY_CONTROLS,
		duo_valid(FI_VM_ENTRY_CONTROLS) | VM_ENTRY_LOAD_IA32_PERF_GLOBAL_CTRL);
	duo_set(FI_VM_EXIT_CONTROLS,
		duo_valid(FI_VM_EXIT_CONTROLS) | VM_EXIT_LOAD_IA32_PERF_GLOBAL_CTRL);
	duo_set(FI_GUEST_IA32_PERF_GLOBAL_CTRL, 3);
	duo_set(FI_HOST_IA32_PERF_GLOBAL_CTRL, 12);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	CHECK_EQ(processor_msr(MSR_CORE_PERF_GLOBAL_CTRL), 3);
	CHECK(!(hw_state(FI_VM_EXIT_CONTROLS) & VM_EXIT_LOAD_IA32_PERF_GLOBAL_CTRL));
	processor_add_msr(MSR_CORE_PERF_GLOBAL_CTRL, 1, 0);
	CHECK_EQ(l2_access(GPA, ACCESS_READ, false, &outcome), 1);
	CHECK_EQ(processor_msr(MSR_CORE_PERF_GLOBAL_CTRL), 1);
	duo_exit(&cpuid);
	CHECK_EQ(processor_msr(MSR_CORE_PERF_GLOBAL_CTRL), 12);
	l1_must(duo_enter(EXIT_REASON_VMRESUME));
	CHECK_EQ(processor_msr(MSR_CORE_PERF_GLOBAL_CTRL), 3);
	duo_exit(&cpuid);
	/* Saved it is what L2 has made of it. */
	duo_set(FI_VM_EXIT_CONTROLS, duo_valid(FI_VM_EXIT_CONTROLS) |
					     VM_EXIT_LOAD_IA32_PERF_GLOBAL_CTRL |
					     VM_EXIT_SAVE_IA32_PERF_GLOBAL_CTRL);
	l1_must(duo_enter(EXIT_REASON_VMRESUME));
	CHECK(!(hw_state(FI_VM_EXIT_CONTROLS) & VM_EXIT_SAVE_IA32_PERF_GLOBAL_CTRL));
	processor_add_msr(MSR_CORE_PERF_GLOBAL_CTRL, 2, 0);
	duo_exit(&cpuid);
	CHECK_EQ(read_field(GUEST_IA32_PERF_GLOBAL_CTRL), 2);
	CHECK_EQ(processor_msr(MSR_CORE_PERF_GLOBAL_CTRL), 12);
	/* Bits that no counter has */
	duo_set(FI_GUEST_IA32_PERF_GLOBAL_CTRL, 0x10);
	CHECK_EQ(duo_enter(EXIT_REASON_VMRESUME).outcome, DONE_EXITED);
	CHECK_EQ(read_field(VM_EXIT_REASON),
		 EXIT_REASON_INVALID_STATE | VMX_EXIT_REASON_FAILED_VMENTRY);
	CHECK_EQ(processor_msr(MSR_CORE_PERF_GLOBAL_CTRL), 12);
	duo_set(FI_HOST_IA32_PERF_GLOBAL_CTRL, BIT_ULL(35));
	CHECK_EQ(duo_enter(EXIT_REASON_VMRESUME).error, VMXERR_ENTRY_INVALID_HOST_STATE_FIELD);
	CHECK_EQ(shared.stats.entry_checks[CHECK_HOST_COUNTERS], 1);
}

/* SDM "EPTP Switching" */
#define SECOND_ROOT	EPT_TABLE(4)

static void start_vmfunc(void)
{
	start(MODEL_ALL);
	duo_set(FI_SECONDARY_VM_EXEC_CONTROL,
		duo_valid(FI_SECONDARY_VM_EXEC_CONTROL) | SECONDARY_EXEC_ENABLE_VMFUNC);
	duo_set(FI_VM_FUNCTION_CONTROL, VMX_VMFUNC_EPTP_SWITCHING);
	ram_set64(L1_PAGES + 511 * 8, SECOND_ROOT | MEM_TYPE_WB | VMX_EPTP_PWL_4);
	ram_set64(L1_PAGES + 2 * 8, SECOND_ROOT | 3 | VMX_EPTP_PWL_4);
	/* There GPA is not mapped. */
	ram_set64(SECOND_ROOT, 0);
	model_ept_begin();
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	CHECK_EQ(hw_state(FI_VM_FUNCTION_CONTROL), 0);
}

static void eptp_switching(void)
{
	const struct l2_exit vmfunc = { .reason = EXIT_REASON_VMFUNC, .length = 3 };
	struct ept_outcome outcome;
	u64 before;

	start_vmfunc();
	l2_access(GPA, ACCESS_READ, false, &outcome);
	before = hw_state(FI_EPT_POINTER);
	gpr[GPR_RAX] = 0xffffffff00000000;
	gpr[GPR_RCX] = 0xffffffff00000000 | 511;
	CHECK(!l2_exits(&vmfunc));
	CHECK_EQ(hw_state(FI_GUEST_RIP), duo_valid(FI_GUEST_RIP) + 3);
	CHECK(hw_state(FI_EPT_POINTER) != before);
	CHECK_EQ(l2_access(GPA, ACCESS_READ, false, &outcome), 1);
	CHECK_EQ(outcome.result, EPT_VIOLATION);
	CHECK_EQ(read_field(EPT_POINTER), SECOND_ROOT | MEM_TYPE_WB | VMX_EPTP_PWL_4);
	CHECK_EQ(read_field(EPTP_INDEX), 511);
}

/* It is an instruction like others to a debugger in L2. */
static void eptp_switching_under_single_step(void)
{
	const struct l2_exit vmfunc = { .reason = EXIT_REASON_VMFUNC, .length = 3 };
	static const struct {
		u64 flags;
		u64 debugctl;
		u64 trap;
	} cases[] = {
		{ X86_EFLAGS_TF, 0, PENDING_DBG_BS },
		{ X86_EFLAGS_TF, DEBUGCTLMSR_BTF, 0 },
		{ 0, 0, 0 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		start_vmfunc();
		duo_set_l2(FI_GUEST_RFLAGS, X86_EFLAGS_FIXED | cases[i].flags);
		duo_set_l2(FI_GUEST_IA32_DEBUGCTL, cases[i].debugctl);
		gpr[GPR_RAX] = 0;
		gpr[GPR_RCX] = 511;
		CHECK(!l2_exits(&vmfunc));
		CHECK_EQ(hw_state(FI_GUEST_PENDING_DBG_EXCEPTIONS), cases[i].trap);
	}
}

/* SDM "Monitor Trap Flag": its exit follows VMFUNC, not the instruction after that. */
static void eptp_switching_under_monitor_trap(void)
{
	const struct l2_exit vmfunc = { .reason = EXIT_REASON_VMFUNC, .length = 3 };
	const struct l2_exit trap = { .reason = EXIT_REASON_MONITOR_TRAP_FLAG };
	const struct l2_exit cpuid = { .reason = EXIT_REASON_CPUID };

	start_vmfunc();
	duo_exit(&cpuid);
	duo_set(FI_CPU_BASED_VM_EXEC_CONTROL,
		duo_valid(FI_CPU_BASED_VM_EXEC_CONTROL) | CPU_BASED_MONITOR_TRAP_FLAG);
	l1_must(duo_enter(EXIT_REASON_VMRESUME));
	gpr[GPR_RAX] = 0;
	gpr[GPR_RCX] = 511;
	CHECK(!l2_exits(&vmfunc));
	CHECK_EQ(hw_state(FI_VM_ENTRY_INTR_INFO_FIELD),
		 INTR_INFO_VALID_MASK | INTR_TYPE_OTHER_EVENT);
	CHECK(l2_exits(&trap));
	CHECK_EQ(read_field(VM_ENTRY_INTR_INFO_FIELD), 0);
}

static void vm_functions_that_exit(void)
{
	static const struct {
		u64 rax;
		u64 rcx;
	} wrong[] = { { 1, 511 }, { 0, 512 }, { 0, 2 }, { 0, 0xffffffff } };
	const struct l2_exit vmfunc = { .reason = EXIT_REASON_VMFUNC, .length = 3 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		start_vmfunc();
		gpr[GPR_RAX] = wrong[i].rax;
		gpr[GPR_RCX] = wrong[i].rcx;
		duo_exit(&vmfunc);
		duo_compare_fields();
	}
	start(MODEL_ALL);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	gpr[GPR_RAX] = 0;
	gpr[GPR_RCX] = 511;
	duo_exit(&vmfunc);
	CHECK_EQ(read_field(VM_EXIT_REASON), EXIT_REASON_VMFUNC);
}

/* SDM "VMX Aborts": the indicator is written, and the processor shuts down. */
static void abort_when_msrs_cannot_be_saved(void)
{
	const struct l2_exit cpuid = { .reason = EXIT_REASON_CPUID };

	start(MODEL_BROADWELL);
	ram_set32(L1_LISTS, 0x12345);
	duo_set(FI_VM_EXIT_MSR_STORE_ADDR, L1_LISTS);
	duo_set(FI_VM_EXIT_MSR_STORE_COUNT, 1);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	CHECK(l2_exits(&cpuid));
	CHECK_EQ(ram_get32(L1_VMCS(0) + VMCS_ABORT_INDICATOR_OFFSET),
		 VMX_ABORT_SAVE_GUEST_MSR_FAIL);
	CHECK_EQ(l1_state(FI_GUEST_ACTIVITY_STATE), GUEST_ACTIVITY_SHUTDOWN);
}

static void abort_when_msrs_cannot_be_loaded(void)
{
	const struct l2_exit cpuid = { .reason = EXIT_REASON_CPUID };

	start(MODEL_BROADWELL);
	ram_set32(L1_LISTS, 0x12345);
	duo_set(FI_VM_EXIT_MSR_LOAD_ADDR, L1_LISTS);
	duo_set(FI_VM_EXIT_MSR_LOAD_COUNT, 1);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	CHECK(l2_exits(&cpuid));
	CHECK_EQ(ram_get32(L1_VMCS(0) + VMCS_ABORT_INDICATOR_OFFSET), VMX_ABORT_LOAD_HOST_MSR_FAIL);
	CHECK_EQ(l1_state(FI_GUEST_ACTIVITY_STATE), GUEST_ACTIVITY_SHUTDOWN);
}

/* Of several reasons the first counts: PDPTEs are loaded after the MSR-store area. */
static void abort_for_the_first_reason(void)
{
	const struct l2_exit cpuid = { .reason = EXIT_REASON_CPUID };

	duo_start(MODEL_BROADWELL, NULL);
	l1_set_mode(L1_PROTECTED);
	duo_setup(0);
	duo_set(FI_HOST_CR4, duo_valid(FI_HOST_CR4) | X86_CR4_PAE);
	duo_set(FI_HOST_CR3, L1_PAGES);
	ram_set64(L1_PAGES, 0x5003);
	ram_set32(L1_LISTS, 0x12345);
	duo_set(FI_VM_EXIT_MSR_LOAD_ADDR, L1_LISTS);
	duo_set(FI_VM_EXIT_MSR_LOAD_COUNT, 1);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	CHECK(l2_exits(&cpuid));
	CHECK_EQ(ram_get32(L1_VMCS(0) + VMCS_ABORT_INDICATOR_OFFSET), VMX_ABORT_LOAD_HOST_PDPTE_FAIL);
	l1_set_mode(L1_PROTECTED);
	duo_set(FI_VM_EXIT_MSR_STORE_ADDR, L1_LISTS);
	duo_set(FI_VM_EXIT_MSR_STORE_COUNT, 1);
	l1_must(duo_enter(EXIT_REASON_VMRESUME));
	CHECK(l2_exits(&cpuid));
	CHECK_EQ(ram_get32(L1_VMCS(0) + VMCS_ABORT_INDICATOR_OFFSET), VMX_ABORT_SAVE_GUEST_MSR_FAIL);
}

/* L1's VM-entry list is for its own entry; one after an exit of Nestor's own has none. */
static void the_entry_list_is_loaded_once(void)
{
	struct ept_outcome outcome;

	start(MODEL_BROADWELL);
	processor_add_msr(0x10, 0, 0);
	ram_set32(L1_LISTS, 0x10);
	ram_set64(L1_LISTS + 8, 77);
	duo_set(FI_VM_ENTRY_MSR_LOAD_ADDR, L1_LISTS);
	duo_set(FI_VM_ENTRY_MSR_LOAD_COUNT, 1);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	CHECK_EQ(processor_msr(0x10), 77);
	CHECK_EQ(hw_state(FI_VM_ENTRY_MSR_LOAD_COUNT), 1);
	processor_add_msr(0x10, 99, 0);
	l2_access(GPA, ACCESS_READ, false, &outcome);
	CHECK_EQ(processor_msr(0x10), 99);
	CHECK_EQ(hw_state(FI_VM_ENTRY_MSR_LOAD_COUNT), 0);
	l2_access(GPA + 0x1000, ACCESS_READ, false, &outcome);
	CHECK_EQ(read_field(VM_ENTRY_MSR_LOAD_COUNT), 1);
	l1_must(l1_enter(EXIT_REASON_VMRESUME));
	CHECK_EQ(processor_msr(0x10), 77);
}

/* An MSR that cannot be loaded: exit reason 34, the qualification counts from 1. */
static void the_entry_list_fails(void)
{
	start(MODEL_BROADWELL);
	processor_add_msr(0x10, 0, 0);
	ram_set32(L1_LISTS, 0x10);
	ram_set32(L1_LISTS + 16, 0x99);
	duo_set(FI_VM_ENTRY_MSR_LOAD_ADDR, L1_LISTS);
	duo_set(FI_VM_ENTRY_MSR_LOAD_COUNT, 3);
	CHECK_EQ(duo_enter(EXIT_REASON_VMLAUNCH).outcome, DONE_EXITED);
	duo_compare_fields();
	CHECK_EQ(read_field(EXIT_QUALIFICATION), 2);
	CHECK_EQ(duo_enter(EXIT_REASON_VMRESUME).error, VMXERR_VMRESUME_NONLAUNCHED_VMCS);
}

/* What was loaded before stays: L1 finds it where its exit controls load nothing. */
static void what_a_failed_list_leaves(void)
{
	start(MODEL_BROADWELL);
	processor_add_msr(MSR_EFER, 0, 0);
	processor_add_msr(MSR_IA32_CR_PAT, 0, 0);
	ram_set32(L1_LISTS, MSR_EFER);
	ram_set64(L1_LISTS + 8, EFER_LME | EFER_LMA | EFER_SCE);
	ram_set32(L1_LISTS + 16, MSR_IA32_CR_PAT);
	ram_set64(L1_LISTS + 24, 0x0404040404040404);
	ram_set32(L1_LISTS + 32, 0x99);
	duo_set(FI_VM_ENTRY_MSR_LOAD_ADDR, L1_LISTS);
	duo_set(FI_VM_ENTRY_MSR_LOAD_COUNT, 3);
	duo_set(FI_VM_EXIT_CONTROLS,
		duo_valid(FI_VM_EXIT_CONTROLS) & ~(VM_EXIT_LOAD_IA32_EFER | VM_EXIT_LOAD_IA32_PAT));
	CHECK_EQ(duo_enter(EXIT_REASON_VMLAUNCH).outcome, DONE_EXITED);
	CHECK_EQ(read_field(EXIT_QUALIFICATION), 3);
	CHECK_EQ(l1_state(FI_GUEST_IA32_EFER), EFER_LME | EFER_LMA | EFER_SCE);
	CHECK_EQ(l1_state(FI_GUEST_IA32_PAT), 0x0404040404040404);
}

/* L1 with 32 bits: host state as it says, L2 with 32 bits. */
static void a_host_with_32_bits(void)
{
	const struct l2_exit hlt = { .reason = EXIT_REASON_HLT };

	duo_start(MODEL_BROADWELL, NULL);
	l1_set_mode(L1_PROTECTED);
	duo_setup(0);
	duo_set(FI_HOST_DS_SELECTOR, 0x18);
	duo_set(FI_HOST_GS_SELECTOR, 0x30);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	CHECK(hw_state(FI_VM_EXIT_CONTROLS) & VM_EXIT_HOST_ADDR_SPACE_SIZE);
	duo_exit(&hlt);
	CHECK_EQ(l1_state(FI_GUEST_CS_AR_BYTES), 0xc09b);
	l1_set_mode(L1_PROTECTED);
	duo_compare_fields();
}

/* SDM "Checking and Loading Host Page-Directory-Pointer-Table Entries" */
static void a_host_with_pae_paging(void)
{
	const struct l2_exit hlt = { .reason = EXIT_REASON_HLT };
	unsigned int i;

	duo_start(MODEL_BROADWELL, NULL);
	l1_set_mode(L1_PROTECTED);
	duo_setup(0);
	duo_set(FI_HOST_CR4, duo_valid(FI_HOST_CR4) | X86_CR4_PAE);
	duo_set(FI_HOST_CR3, L1_PAGES + 0x20);
	for (i = 0; i < 4; i++)
		ram_set64(L1_PAGES + 0x20 + i * 8, (u64)i << 12 | (i != 2));
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	duo_exit(&hlt);
	for (i = 0; i < 4; i++)
		CHECK_EQ(l1_state(FI_GUEST_PDPTR0 + i), (u64)i << 12 | (i != 2));
	CHECK_EQ(l1_state(FI_GUEST_ACTIVITY_STATE), GUEST_ACTIVITY_ACTIVE);
	/* One that is present has a reserved bit. */
	ram_set64(L1_PAGES + 0x38, 0x5003);
	l1_set_mode(L1_PROTECTED);
	l1_must(duo_enter(EXIT_REASON_VMRESUME));
	l2_exits(&hlt);
	CHECK_EQ(ram_get32(L1_VMCS(0) + VMCS_ABORT_INDICATOR_OFFSET),
		 VMX_ABORT_LOAD_HOST_PDPTE_FAIL);
	CHECK_EQ(l1_state(FI_GUEST_ACTIVITY_STATE), GUEST_ACTIVITY_SHUTDOWN);
}

/*
 * Exit controls that clear an MSR whose value entry does not load: L2's must survive an exit of
 * Nestor's own, and be cleared by one that L1 sees.
 */
static void msrs_that_an_exit_clears(void)
{
	static const struct {
		u32 clear, load, msr;
		u64 cleared;
	} msrs[] = {
		{ VM_EXIT_CLEAR_BNDCFGS, VM_ENTRY_LOAD_BNDCFGS, MSR_IA32_BNDCFGS, ~0ull },
		{ VM_EXIT_CLEAR_IA32_RTIT_CTL, VM_ENTRY_LOAD_IA32_RTIT_CTL, MSR_IA32_RTIT_CTL, ~0ull },
		{ VM_EXIT_CLEAR_IA32_LBR_CTL, VM_ENTRY_LOAD_IA32_LBR_CTL, MSR_ARCH_LBR_CTL, ~0ull },
		{ VM_EXIT_CLEAR_UINV, VM_ENTRY_LOAD_UINV, MSR_IA32_UINTR_MISC, UINTR_MISC_UINV },
	};
	const struct l2_exit cpuid = { .reason = EXIT_REASON_CPUID };
	const u64 value = 0x12345678ab;
	struct ept_outcome outcome;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(msrs); i++) {
		start(MODEL_ALL);
		processor_add_msr(msrs[i].msr, value, 0);
		duo_set(FI_VM_EXIT_CONTROLS, duo_valid(FI_VM_EXIT_CONTROLS) | msrs[i].clear);
		l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
		CHECK(!(hw_state(FI_VM_EXIT_CONTROLS) & msrs[i].clear));
		CHECK_EQ(l2_access(GPA, ACCESS_READ, false, &outcome), 1);
		CHECK_EQ(processor_msr(msrs[i].msr), value);
		duo_exit(&cpuid);
		CHECK_EQ(processor_msr(msrs[i].msr), value & ~msrs[i].cleared);
		/* With both the processor does it. */
		duo_set(FI_VM_ENTRY_CONTROLS, duo_valid(FI_VM_ENTRY_CONTROLS) | msrs[i].load);
		l1_must(duo_enter(EXIT_REASON_VMRESUME));
		CHECK(hw_state(FI_VM_EXIT_CONTROLS) & msrs[i].clear);
		duo_exit(&cpuid);
	}
}

/* What an instruction emulator reads is in reach without an exit, after some exits only. */
static void fields_of_the_wide_set(void)
{
	static const u32 emulated[] = {
		EXIT_REASON_EPT_MISCONFIG, EXIT_REASON_IO_INSTRUCTION, EXIT_REASON_APIC_ACCESS,
		EXIT_REASON_CR_ACCESS, EXIT_REASON_GDTR_IDTR, EXIT_REASON_LDTR_TR,
	};
	unsigned int i, j;

	enter(MODEL_BROADWELL);
	for (i = 0; i < ARRAY_SIZE(emulated); i++) {
		struct l2_exit exit = { .reason = emulated[i] };

		for (j = 0; j < 2; j++) {
			duo_set_l2(FI_GUEST_CS_BASE, distinct(i * 2 + j));
			duo_set_l2(FI_GUEST_DS_SELECTOR, i * 8 + j);
			duo_set_l2(FI_GUEST_CR3, (i + j) << 12);
			duo_exit(&exit);
			duo_compare_fields();
			duo_set(FI_GUEST_ES_BASE, distinct(i));
			l1_must(duo_enter(EXIT_REASON_VMRESUME));
			exit.reason = EXIT_REASON_CPUID;
		}
	}
	CHECK_EQ(shared.stats.bugs, 0);
}

/* When root must stop L1 with a report, VMCS01 is what there is. */
static void abandon(void)
{
	enter(MODEL_BROADWELL);
	nested_abandon(&nested);
	CHECK(!nested.in_l2);
	check_promises();
}

static const struct unit_test tests[] = {
	TEST(every_reason_is_handed_on),
	TEST(reasons_with_more_bits),
	TEST(an_own_exit_with_more_bits),
	TEST(an_nmi_with_more_bits),
	TEST(a_fill_leaves_no_trace),
	TEST(a_fill_during_event_delivery),
	TEST(a_fill_and_nmis),
	TEST(a_fill_in_real_mode),
	TEST(a_fill_while_single_stepping),
	TEST(an_own_entry_that_is_refused),
	TEST(vtpr_falls_before_an_own_entry),
	TEST(a_guest_that_is_refused_later),
	TEST(preemption_timer),
	TEST(pdptes_without_ept),
	TEST(flushes_without_vpid),
	TEST(flushes_with_what_there_is),
	TEST(performance_counters),
	TEST(eptp_switching),
	TEST(eptp_switching_under_single_step),
	TEST(eptp_switching_under_monitor_trap),
	TEST(vm_functions_that_exit),
	TEST(abort_when_msrs_cannot_be_saved),
	TEST(abort_when_msrs_cannot_be_loaded),
	TEST(abort_for_the_first_reason),
	TEST(the_entry_list_is_loaded_once),
	TEST(the_entry_list_fails),
	TEST(what_a_failed_list_leaves),
	TEST(a_host_with_32_bits),
	TEST(a_host_with_pae_paging),
	TEST(msrs_that_an_exit_clears),
	TEST(fields_of_the_wide_set),
	TEST(abandon),
};

UNIT_MAIN(tests)
