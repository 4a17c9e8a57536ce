// SPDX-License-Identifier: GPL-2.0-only
/* NMIs and machine checks that met root: one delivered above for one that was noted. */
#include "duo.h"
#include "arch/errors.h"
#include "model_ept.h"
#include "ram.h"
#include "unit.h"

#define NMI		(INTR_INFO_VALID_MASK | INTR_TYPE_NMI_INTR | NMI_VECTOR)
#define MC		(INTR_INFO_VALID_MASK | INTR_TYPE_HARD_EXCEPTION | MC_VECTOR)
#define FAULT		(INTR_INFO_VALID_MASK | INTR_TYPE_HARD_EXCEPTION | UD_VECTOR)
#define TRAP		(INTR_INFO_VALID_MASK | INTR_TYPE_HARD_EXCEPTION | DB_VECTOR)
#define INTERRUPT	(INTR_INFO_VALID_MASK | 0x31)
#define WINDOW_PIN	(PIN_BASED_NMI_EXITING | PIN_BASED_VIRTUAL_NMIS)

static void start(void)
{
	duo_start(MODEL_BROADWELL, NULL);
}

static bool window_is_on(void)
{
	bool pin = (l1_state(FI_PIN_BASED_VM_EXEC_CONTROL) & WINDOW_PIN) == WINDOW_PIN;
	bool proc = l1_state(FI_CPU_BASED_VM_EXEC_CONTROL) & CPU_BASED_NMI_WINDOW_EXITING;

	CHECK_EQ(pin, proc);
	return pin && proc;
}

static void an_nmi_of_l1(void)
{
	start();
	l1_note_nmi();
	CHECK_EQ(l1_take_event(), NMI);
	CHECK(!window_is_on());
	CHECK_EQ(nested.nmi_pending, 0);
}

/*
 * A debug trap of the instruction before comes first, as in SDM "Priority Among Concurrent Events",
 * and the injection of an NMI would drop it.
 */
static void an_nmi_behind_a_debug_trap(void)
{
	static const u64 traps[] = { PENDING_DBG_BS, PENDING_DBG_BREAKPOINT | BIT(2) };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(traps); i++) {
		start();
		l1_set_state(FI_GUEST_PENDING_DBG_EXCEPTIONS, traps[i]);
		l1_note_nmi();
		CHECK_EQ(l1_take_event(), 0);
		CHECK_EQ(l1_state(FI_GUEST_PENDING_DBG_EXCEPTIONS), traps[i]);
		CHECK(window_is_on());
		l1_set_state(FI_GUEST_PENDING_DBG_EXCEPTIONS, 0);
		events_nmi_window(&nested);
		CHECK_EQ(l1_take_event(), NMI);
		CHECK(!window_is_on());
	}
}

/* An event is on its way already, or the instruction before blocks: a window, and then the NMI. */
static void an_nmi_behind_something_else(void)
{
	static const u64 blocking[] = { 0, GUEST_INTR_STATE_STI, GUEST_INTR_STATE_MOV_SS };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(blocking); i++) {
		start();
		if (blocking[i])
			l1_set_state(FI_GUEST_INTERRUPTIBILITY_INFO, blocking[i]);
		else
			l1_set_state(FI_VM_ENTRY_INTR_INFO_FIELD, FAULT);
		l1_note_nmi();
		CHECK(window_is_on());
		CHECK_EQ(l1_take_event(), blocking[i] ? 0 : FAULT);
		l1_set_state(FI_GUEST_INTERRUPTIBILITY_INFO, 0);
		events_nmi_window(&nested);
		CHECK_EQ(l1_take_event(), NMI);
		CHECK(!window_is_on());
	}
}

/* A processor may open the window behind STI: the NMI is delivered there, or no instruction would ever be executed. */
static void a_window_behind_sti(void)
{
	start();
	l1_set_state(FI_GUEST_INTERRUPTIBILITY_INFO, GUEST_INTR_STATE_STI);
	l1_note_nmi();
	CHECK(window_is_on());
	events_nmi_window(&nested);
	CHECK_EQ(l1_take_event(), NMI);
	CHECK_EQ(l1_state(FI_GUEST_INTERRUPTIBILITY_INFO), 0);
	CHECK(!window_is_on());
}

/* One is handled, one is latched; the processor keeps no more either. */
static void two_nmis_and_no_third(void)
{
	start();
	events_note_nmi(&nested);
	events_note_nmi(&nested);
	events_note_nmi(&nested);
	events_deliver(&nested);
	CHECK_EQ(l1_take_event(), NMI);
	CHECK(window_is_on());
	events_nmi_window(&nested);
	CHECK_EQ(l1_take_event(), NMI);
	CHECK(!window_is_on());
	/* A window without a reason closes. */
	events_nmi_window(&nested);
	CHECK_EQ(l1_take_event(), 0);
}

/* L1's handler of the first blocks NMIs, virtually: what root meets meanwhile waits for the window. */
static void an_nmi_while_a_window_is_awaited(void)
{
	start();
	events_note_nmi(&nested);
	events_note_nmi(&nested);
	events_deliver(&nested);
	CHECK_EQ(l1_take_event(), NMI);
	l1_set_state(FI_GUEST_INTERRUPTIBILITY_INFO, GUEST_INTR_STATE_NMI);
	l1_note_nmi();
	CHECK_EQ(l1_take_event(), 0);
	CHECK(window_is_on());
	CHECK_EQ(nested.nmi_pending, 2);
}

/* While Nestor waits for its window NMIs exit: the second is noted, what it interrupted goes on. */
static void an_nmi_that_exits(void)
{
	start();
	l1_set_state(FI_VM_ENTRY_INTR_INFO_FIELD, FAULT);
	l1_note_nmi();
	l1_take_event();
	l1_set_state(FI_IDT_VECTORING_INFO_FIELD, FAULT);
	events_second_nmi(&nested);
	CHECK_EQ(nested.nmi_pending, 2);
	CHECK_EQ(l1_take_event(), FAULT);
}

/* Is L1 to exit before its next instruction, behind what is being injected? */
static bool l1_stops(void)
{
	return (l1_state(FI_PIN_BASED_VM_EXEC_CONTROL) & PIN_BASED_VMX_PREEMPTION_TIMER) &&
	       !l1_state(FI_VMX_PREEMPTION_TIMER_VALUE);
}

static const u32 events_that_go_first[] = { TRAP, INTERRUPT };

static void a_machine_check_of_l1(void)
{
	unsigned int i;

	start();
	l1_note_mc();
	CHECK_EQ(l1_take_event(), MC);
	/* A fault comes again by itself, and what does not goes first. */
	l1_set_state(FI_VM_ENTRY_INTR_INFO_FIELD, FAULT);
	l1_note_mc();
	CHECK_EQ(l1_take_event(), MC);
	CHECK(!l1_stops());
	for (i = 0; i < ARRAY_SIZE(events_that_go_first); i++) {
		l1_set_state(FI_VMX_PREEMPTION_TIMER_VALUE, 77);
		l1_set_state(FI_VM_ENTRY_INTR_INFO_FIELD, events_that_go_first[i]);
		l1_note_mc();
		CHECK_EQ(l1_take_event(), events_that_go_first[i]);
		CHECK(l1_stops());
		events_boundary(&nested);
		CHECK_EQ(l1_take_event(), MC);
		CHECK(!l1_stops());
		CHECK(!nested.mc_pending);
	}
	/* A stop that is not wanted any more goes by. */
	events_boundary(&nested);
	CHECK_EQ(l1_take_event(), 0);
}

/* An NMI that waits for its window does not hold the machine check off; it comes after that. */
static void a_machine_check_and_an_nmi_behind_an_injection(void)
{
	start();
	l1_set_state(FI_VM_ENTRY_INTR_INFO_FIELD, INTERRUPT);
	l1_note_nmi();
	l1_note_mc();
	CHECK_EQ(l1_take_event(), INTERRUPT);
	CHECK(window_is_on());
	CHECK(l1_stops());
	events_boundary(&nested);
	CHECK_EQ(l1_take_event(), MC);
	CHECK(window_is_on());
	CHECK(!l1_stops());
	events_nmi_window(&nested);
	CHECK_EQ(l1_take_event(), NMI);
	CHECK(!window_is_on());
	CHECK_EQ(nested.pending, 0);
}

static void without_timer(struct vmx_caps *caps)
{
	caps->pin.allowed1 &= ~PIN_BASED_VMX_PREEMPTION_TIMER;
}

/* Where there is no timer the window for an NMI does. */
static void a_machine_check_without_a_timer(void)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		duo_start(MODEL_BROADWELL, without_timer);
		l1_set_state(FI_VM_ENTRY_INTR_INFO_FIELD, INTERRUPT);
		l1_note_mc();
		CHECK_EQ(l1_take_event(), INTERRUPT);
		CHECK(window_is_on());
		if (i)
			events_second_nmi(&nested);
		events_nmi_window(&nested);
		CHECK_EQ(l1_take_event(), MC);
		CHECK_EQ(window_is_on(), i);
		events_nmi_window(&nested);
		CHECK_EQ(l1_take_event(), i ? NMI : 0);
		CHECK(!window_is_on());
	}
}

/* SDM "Machine-Check Events During VM Entry": root is all that has heard of it. */
static void a_machine_check_during_an_entry_of_l1(void)
{
	const u32 failed = VMX_EXIT_REASON_FAILED_VMENTRY;

	start();
	CHECK(events_entry_failed(&nested, EXIT_REASON_MCE_DURING_VMENTRY | failed));
	CHECK_EQ(l1_take_event(), MC);
	/* What the entry injected has not been delivered, and nothing is in the way of it. */
	l1_set_state(FI_VM_ENTRY_INTR_INFO_FIELD, INTERRUPT);
	CHECK(events_entry_failed(&nested, EXIT_REASON_MCE_DURING_VMENTRY | failed));
	CHECK_EQ(l1_take_event(), INTERRUPT);
	CHECK(l1_stops());
	events_boundary(&nested);
	CHECK_EQ(l1_take_event(), MC);
	/* A window that is awaited is not asked for. */
	l1_set_state(FI_VM_ENTRY_INTR_INFO_FIELD, FAULT);
	l1_note_nmi();
	CHECK(events_entry_failed(&nested, EXIT_REASON_MCE_DURING_VMENTRY | failed));
	CHECK_EQ(l1_take_event(), MC);
	CHECK_EQ(nested.nmi_pending, 1);

	start();
	CHECK(!events_entry_failed(&nested, EXIT_REASON_INVALID_STATE | failed));
	CHECK(!events_entry_failed(&nested, EXIT_REASON_MSR_LOAD_FAIL | failed));
	CHECK_EQ(nested.pending, 0);
	CHECK_EQ(l1_take_event(), 0);
}

static const u64 gpa = 0x5000;

/* A VMCS whose L2 has a page that EPT02 lacks; an access to it is an exit that Nestor answers. */
static void setup_with(void (*change)(struct vmx_caps *caps))
{
	unsigned int i;

	duo_start(MODEL_BROADWELL, change);
	duo_setup(0);
	for (i = 0; i < 3; i++)
		ram_set64(EPT_TABLE(i), EPT_TABLE(i + 1) | VMX_EPT_RWX_MASK);
	ram_set64(EPT_TABLE(3) + (gpa >> 12) * 8,
		  0x9000 | VMX_EPT_RWX_MASK | MEM_TYPE_WB << VMX_EPT_MT_SHIFT);
}

static void setup(void)
{
	setup_with(NULL);
}

/* L2 runs, and Nestor answers an exit of it while it delivers @event; true if L1 gets an exit. */
static bool own_exit(u32 event)
{
	const struct l2_exit exit = {
		.reason = EXIT_REASON_EPT_VIOLATION,
		.qualification = EPT_VIOLATION_ACC_READ,
		.gpa = gpa,
		.idt_info = event,
		.idt_error = 0x50,
		.length = 3,
	};

	return l2_exits(&exit);
}

/* L1 meets an event where it was about to enter L2, and nothing has happened. */
static void expect_before_entry(u32 reason, u8 vector)
{
	u64 rip = l1_state(FI_GUEST_RIP);
	struct result result = l1_enter(reason);

	CHECK_EQ(result.outcome, DONE_FAULT);
	/* An instruction breakpoint at the instruction has been met, and is not met again. */
	CHECK(l1_pushed_rflags & X86_EFLAGS_RF);
	CHECK_EQ(result.fault.vector, vector);
	CHECK_EQ(l1_state(FI_GUEST_RIP), rip);
	CHECK_EQ(nested.pending, 0);
}

/* What comes before the processor has entered L2 came before L1's VMLAUNCH. */
static void an_nmi_before_the_entry(void)
{
	const struct l2_exit cpuid = { .reason = EXIT_REASON_CPUID };

	setup();
	l1_note_in_window(true, false);
	expect_before_entry(EXIT_REASON_VMLAUNCH, NMI_VECTOR);
	CHECK_EQ(shared_entries(shared.stats.l2_reflected), 0);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	duo_exit(&cpuid);
	events_note_nmi(&nested);
	expect_before_entry(EXIT_REASON_VMRESUME, NMI_VECTOR);
	l1_must(duo_enter(EXIT_REASON_VMRESUME));
	duo_exit(&cpuid);
	l1_note_in_window(false, true);
	expect_before_entry(EXIT_REASON_VMRESUME, MC_VECTOR);
	l1_must(duo_enter(EXIT_REASON_VMRESUME));
}

/* An entry that would have been refused is refused when L1 comes back to it. */
static void an_nmi_before_a_refusal(void)
{
	setup();
	duo_set(FI_HOST_CS_SELECTOR, 0);
	l1_note_in_window(true, false);
	expect_before_entry(EXIT_REASON_VMLAUNCH, NMI_VECTOR);
	CHECK_EQ(duo_enter(EXIT_REASON_VMLAUNCH).error, VMXERR_ENTRY_INVALID_HOST_STATE_FIELD);
	duo_set(FI_HOST_CS_SELECTOR, duo_valid(FI_HOST_CS_SELECTOR));
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
}

/* A hypervisor may have one area for what exits store and entries load: L2's values stay there. */
static void an_nmi_and_msr_lists(void)
{
	setup();
	processor_add_msr(MSR_KERNEL_GS_BASE, 0x1111, 0);
	ram_set32(L1_LISTS, MSR_KERNEL_GS_BASE);
	ram_set64(L1_LISTS + 8, 0x2222);
	duo_set(FI_VM_ENTRY_MSR_LOAD_ADDR, L1_LISTS);
	duo_set(FI_VM_ENTRY_MSR_LOAD_COUNT, 1);
	duo_set(FI_VM_EXIT_MSR_STORE_ADDR, L1_LISTS);
	duo_set(FI_VM_EXIT_MSR_STORE_COUNT, 1);
	l1_note_in_window(true, false);
	expect_before_entry(EXIT_REASON_VMLAUNCH, NMI_VECTOR);
	CHECK_EQ(ram_get64(L1_LISTS + 8), 0x2222);
	l1_must(l1_enter(EXIT_REASON_VMLAUNCH));
	CHECK_EQ(processor_msr(MSR_KERNEL_GS_BASE), 0x2222);
}

/* L1 asked for NMI exits: it gets one, as if the NMI had come while L2 ran. */
static void an_nmi_while_l2_runs(void)
{
	setup();
	l1_must(l1_enter(EXIT_REASON_VMLAUNCH));
	l1_note_in_window(true, false);
	CHECK(own_exit(0));
	CHECK_EQ(read_field(VM_EXIT_REASON), EXIT_REASON_EXCEPTION_NMI);
	CHECK_EQ(read_field(VM_EXIT_INTR_INFO), NMI);
	CHECK_EQ(read_field(EXIT_QUALIFICATION), 0);
	CHECK_EQ(read_field(IDT_VECTORING_INFO_FIELD), 0);
	/* Its handler runs with NMIs blocked. */
	CHECK_EQ(l1_state(FI_GUEST_INTERRUPTIBILITY_INFO), GUEST_INTR_STATE_NMI);
	CHECK_EQ(l1_state(FI_GUEST_RIP), duo_valid(FI_HOST_RIP));
	l1_must(l1_enter(EXIT_REASON_VMRESUME));
}

#define FAULT_WITH_CODE (INTR_INFO_VALID_MASK | INTR_INFO_DELIVER_CODE_MASK | \
			 INTR_TYPE_HARD_EXCEPTION | GP_VECTOR)

/*
 * Where the processor cannot be made to stop after the event that L2 was delivering, that is the one
 * that the NMI interrupted.
 */
static void an_nmi_on_top_of_a_delivery(void)
{
	setup_with(without_timer);
	l1_must(l1_enter(EXIT_REASON_VMLAUNCH));
	l1_note_in_window(true, false);
	CHECK(own_exit(FAULT_WITH_CODE));
	CHECK_EQ(read_field(IDT_VECTORING_INFO_FIELD), FAULT_WITH_CODE);
	CHECK_EQ(read_field(IDT_VECTORING_ERROR_CODE), 0x50);
	CHECK_EQ(read_field(VM_ENTRY_INTR_INFO_FIELD), 0);
	CHECK_EQ(read_field(VM_EXIT_INTR_INFO), NMI);
}

/* L2 is to exit before its next instruction; the timer of L1's that it has for that is given back. */
static void expect_stop(u32 event)
{
	CHECK(hw_state(FI_PIN_BASED_VM_EXEC_CONTROL) & PIN_BASED_VMX_PREEMPTION_TIMER);
	CHECK_EQ(hw_state(FI_VMX_PREEMPTION_TIMER_VALUE), 0);
	CHECK_EQ(hw_state(FI_VM_ENTRY_INTR_INFO_FIELD), event);
}

static const struct l2_exit timer_exit = { .reason = EXIT_REASON_PREEMPTION_TIMER };

static void enter_with_timer(u32 value)
{
	setup();
	duo_set(FI_PIN_BASED_VM_EXEC_CONTROL,
		duo_valid(FI_PIN_BASED_VM_EXEC_CONTROL) | PIN_BASED_VMX_PREEMPTION_TIMER);
	duo_set(FI_VM_EXIT_CONTROLS,
		duo_valid(FI_VM_EXIT_CONTROLS) | VM_EXIT_SAVE_VMX_PREEMPTION_TIMER);
	duo_set(FI_VMX_PREEMPTION_TIMER_VALUE, value);
	l1_must(l1_enter(EXIT_REASON_VMLAUNCH));
}

/* What L2 was delivering is delivered, and then comes the exit for the NMI. */
static void an_nmi_behind_a_delivery(void)
{
	setup();
	l1_must(l1_enter(EXIT_REASON_VMLAUNCH));
	l1_note_in_window(true, false);
	CHECK(!own_exit(FAULT_WITH_CODE));
	expect_stop(FAULT_WITH_CODE);
	/* An own exit on the way changes nothing. */
	CHECK(!own_exit(FAULT_WITH_CODE));
	expect_stop(FAULT_WITH_CODE);
	CHECK(l2_exits(&timer_exit));
	CHECK_EQ(read_field(VM_EXIT_REASON), EXIT_REASON_EXCEPTION_NMI);
	CHECK_EQ(read_field(VM_EXIT_INTR_INFO), NMI);
	CHECK_EQ(read_field(IDT_VECTORING_INFO_FIELD), 0);
	CHECK_EQ(nested.pending, 0);
	l1_must(l1_enter(EXIT_REASON_VMRESUME));
	CHECK(!(hw_state(FI_PIN_BASED_VM_EXEC_CONTROL) & PIN_BASED_VMX_PREEMPTION_TIMER));
	CHECK_EQ(shared.stats.l2_own[EXIT_REASON_PREEMPTION_TIMER], 1);
}

/* L1's own timer is as it was; one that has run out is L1's exit, and the NMI the first L1 meets. */
static void an_nmi_and_a_timer_of_l1s(void)
{
	enter_with_timer(1000);
	l2_set_state(FI_VMX_PREEMPTION_TIMER_VALUE, 900);
	l1_note_in_window(true, false);
	CHECK(!own_exit(FAULT));
	expect_stop(FAULT);
	CHECK(l2_exits(&timer_exit));
	CHECK_EQ(read_field(VM_EXIT_REASON), EXIT_REASON_EXCEPTION_NMI);
	CHECK_EQ(read_field(VMX_PREEMPTION_TIMER_VALUE), 900);

	enter_with_timer(1000);
	l2_set_state(FI_VMX_PREEMPTION_TIMER_VALUE, 0);
	l1_note_in_window(true, false);
	CHECK(!own_exit(FAULT));
	CHECK(l2_exits(&timer_exit));
	CHECK_EQ(read_field(VM_EXIT_REASON), EXIT_REASON_PREEMPTION_TIMER);
	CHECK_EQ(l1_take_event(), NMI);
}

/* Another exit comes first: it is L1's, and the NMI too. */
static void an_nmi_behind_another_exit(void)
{
	const struct l2_exit cpuid = { .reason = EXIT_REASON_CPUID };

	setup();
	l1_must(l1_enter(EXIT_REASON_VMLAUNCH));
	l1_note_in_window(true, false);
	CHECK(!own_exit(FAULT));
	CHECK(l2_exits(&cpuid));
	CHECK_EQ(read_field(VM_EXIT_REASON), EXIT_REASON_CPUID);
	CHECK_EQ(l1_take_event(), NMI);
	l1_must(l1_enter(EXIT_REASON_VMRESUME));
	CHECK(!(hw_state(FI_PIN_BASED_VM_EXEC_CONTROL) & PIN_BASED_VMX_PREEMPTION_TIMER));
}

/* A machine check does not wait for the boundary at which L2 is to stop. */
static void a_machine_check_before_a_stop(void)
{
	enter_with_timer(1000);
	l2_set_state(FI_VMX_PREEMPTION_TIMER_VALUE, 900);
	l1_note_in_window(true, false);
	CHECK(!own_exit(FAULT));
	expect_stop(FAULT);
	nested.current->value[FI_EXCEPTION_BITMAP] |= BIT(MC_VECTOR);
	hw_vmwrite(EXCEPTION_BITMAP, BIT(MC_VECTOR));
	l1_note_mc();
	CHECK_EQ(read_field(VM_EXIT_INTR_INFO), MC);
	CHECK_EQ(read_field(IDT_VECTORING_INFO_FIELD), FAULT);
	CHECK_EQ(read_field(VMX_PREEMPTION_TIMER_VALUE), 900);
	CHECK_EQ(l1_take_event(), NMI);
	l1_must(l1_enter(EXIT_REASON_VMRESUME));
	CHECK_EQ(hw_state(FI_VMX_PREEMPTION_TIMER_VALUE), 900);
}

/* SDM "Basic VM-Exit Information", exit reason, bit 26 */
static void a_bus_lock_before_an_own_exit(void)
{
	struct l2_exit exit = {
		.reason = EXIT_REASON_EPT_VIOLATION | VMX_EXIT_REASON_BUS_LOCK,
		.qualification = EPT_VIOLATION_ACC_READ,
		.gpa = gpa,
	};

	setup();
	l1_must(l1_enter(EXIT_REASON_VMLAUNCH));
	CHECK(l2_exits(&exit));
	CHECK_EQ(read_field(VM_EXIT_REASON), EXIT_REASON_BUS_LOCK);
	CHECK_EQ(read_field(EXIT_QUALIFICATION), 0);
	CHECK_EQ(read_field(IDT_VECTORING_INFO_FIELD), 0);
	l1_must(l1_enter(EXIT_REASON_VMRESUME));
	exit.idt_info = FAULT;
	exit.gpa = gpa + 0x1000;
	ram_set64(EPT_TABLE(3) + (exit.gpa >> 12) * 8,
		  0xa000 | VMX_EPT_RWX_MASK | MEM_TYPE_WB << VMX_EPT_MT_SHIFT);
	CHECK(l2_exits(&exit));
	CHECK_EQ(read_field(VM_EXIT_REASON), EXIT_REASON_BUS_LOCK);
	CHECK_EQ(read_field(IDT_VECTORING_INFO_FIELD), FAULT);
	CHECK_EQ(read_field(VM_ENTRY_INTR_INFO_FIELD), 0);
}

/* L1 leaves NMIs to L2. */
static void an_nmi_that_is_l2s(void)
{
	const struct l2_exit cpuid = { .reason = EXIT_REASON_CPUID };

	setup();
	duo_set(FI_PIN_BASED_VM_EXEC_CONTROL, processor_caps.pin.allowed0);
	l1_must(l1_enter(EXIT_REASON_VMLAUNCH));
	l1_note_in_window(true, false);
	CHECK(!own_exit(0));
	CHECK_EQ(hw_state(FI_VM_ENTRY_INTR_INFO_FIELD), NMI);
	CHECK_EQ(nested.nmi_pending, 0);

	/* One after another event waits until that is done. */
	l1_note_in_window(true, false);
	CHECK(!own_exit(FAULT));
	expect_stop(FAULT);
	CHECK_EQ(nested.nmi_pending, 1);
	CHECK(!l2_exits(&timer_exit));
	CHECK_EQ(hw_state(FI_VM_ENTRY_INTR_INFO_FIELD), NMI);
	CHECK_EQ(nested.nmi_pending, 0);

	/* And one after another exit is L1's. */
	l1_note_in_window(true, false);
	CHECK(!own_exit(FAULT));
	CHECK(l2_exits(&cpuid));
	CHECK_EQ(l1_take_event(), NMI);
}

/* The stop is asked for once; and where there can be none, L1's NMIs for L2 wait for the next exit. */
static void nmis_of_l2_behind_a_delivery(void)
{
	setup();
	duo_set(FI_PIN_BASED_VM_EXEC_CONTROL, processor_caps.pin.allowed0);
	l1_must(l1_enter(EXIT_REASON_VMLAUNCH));
	l1_note_in_window(true, false);
	CHECK(!own_exit(FAULT));
	events_deliver(&nested);
	expect_stop(FAULT);
	CHECK_EQ(nested.nmi_pending, 1);

	setup_with(without_timer);
	duo_set(FI_PIN_BASED_VM_EXEC_CONTROL, processor_caps.pin.allowed0);
	l1_must(l1_enter(EXIT_REASON_VMLAUNCH));
	l1_note_in_window(true, false);
	CHECK(!own_exit(FAULT));
	CHECK_EQ(hw_state(FI_VM_ENTRY_INTR_INFO_FIELD), FAULT);
	CHECK_EQ(nested.nmi_pending, 1);
	CHECK(!own_exit(0));
	CHECK_EQ(hw_state(FI_VM_ENTRY_INTR_INFO_FIELD), NMI);
}

/* The exception bitmap says whose it is, as of any exception in L2. */
static void a_machine_check_while_l2_runs(void)
{
	setup();
	l1_must(l1_enter(EXIT_REASON_VMLAUNCH));
	l1_note_in_window(false, true);
	CHECK(!own_exit(0));
	CHECK_EQ(hw_state(FI_VM_ENTRY_INTR_INFO_FIELD), MC);

	setup();
	duo_set(FI_EXCEPTION_BITMAP, BIT(MC_VECTOR));
	l1_must(l1_enter(EXIT_REASON_VMLAUNCH));
	l1_note_in_window(false, true);
	CHECK(own_exit(INTERRUPT));
	CHECK_EQ(read_field(VM_EXIT_REASON), EXIT_REASON_EXCEPTION_NMI);
	CHECK_EQ(read_field(VM_EXIT_INTR_INFO), MC);
	CHECK_EQ(read_field(IDT_VECTORING_INFO_FIELD), INTERRUPT);
	CHECK_EQ(l1_state(FI_GUEST_INTERRUPTIBILITY_INFO), 0);
	CHECK(!nested.mc_pending);
}

/* It follows what L2 is being given, and does not wait for whatever L2 exits for next. */
static void a_machine_check_of_l2_behind_an_injection(void)
{
	setup();
	l1_must(l1_enter(EXIT_REASON_VMLAUNCH));
	l1_note_in_window(false, true);
	CHECK(!own_exit(INTERRUPT));
	expect_stop(INTERRUPT);
	CHECK(!l2_exits(&timer_exit));
	CHECK_EQ(hw_state(FI_VM_ENTRY_INTR_INFO_FIELD), MC);
	CHECK(!(hw_state(FI_PIN_BASED_VM_EXEC_CONTROL) & PIN_BASED_VMX_PREEMPTION_TIMER));
	CHECK_EQ(nested.pending, 0);
}

/*
 * An entry after an exit of Nestor's own fails: L1 knows of no entry. It came while L2 ran. An entry of
 * L1's that fails is told as one.
 */
static void a_machine_check_during_an_entry_of_l2(void)
{
	setup();
	l1_must(l1_enter(EXIT_REASON_VMLAUNCH));
	l2_refuse(EXIT_REASON_MCE_DURING_VMENTRY, 0);
	CHECK(!own_exit(0));
	CHECK_EQ(hw_state(FI_VM_ENTRY_INTR_INFO_FIELD), MC);
	CHECK_EQ(shared.stats.entry_failures, 0);
	CHECK_EQ(shared.stats.l2_own[EXIT_REASON_MCE_DURING_VMENTRY], 1);

	setup();
	duo_set(FI_EXCEPTION_BITMAP, BIT(MC_VECTOR));
	l1_must(l1_enter(EXIT_REASON_VMLAUNCH));
	l2_set_state(FI_GUEST_RIP, 0x4321);
	l2_refuse(EXIT_REASON_MCE_DURING_VMENTRY, 0);
	CHECK(own_exit(INTERRUPT));
	CHECK_EQ(read_field(VM_EXIT_REASON), EXIT_REASON_EXCEPTION_NMI);
	CHECK_EQ(read_field(VM_EXIT_INTR_INFO), MC);
	CHECK_EQ(read_field(IDT_VECTORING_INFO_FIELD), INTERRUPT);
	CHECK_EQ(read_field(GUEST_RIP), 0x4321);
	CHECK_EQ(nested.pending, 0);

	setup();
	l2_refuse(EXIT_REASON_MCE_DURING_VMENTRY, 0);
	CHECK_EQ(l1_enter(EXIT_REASON_VMLAUNCH).outcome, DONE_EXITED);
	CHECK_EQ(read_field(VM_EXIT_REASON),
		 EXIT_REASON_MCE_DURING_VMENTRY | VMX_EXIT_REASON_FAILED_VMENTRY);
	CHECK_EQ(l1_take_event(), 0);
	CHECK_EQ(nested.pending, 0);
}

/* Both at once: L2 exits for the machine check, and the NMI is the first thing that L1 meets. */
static void a_machine_check_and_an_nmi(void)
{
	setup();
	duo_set(FI_EXCEPTION_BITMAP, BIT(MC_VECTOR));
	l1_must(l1_enter(EXIT_REASON_VMLAUNCH));
	l1_note_in_window(true, true);
	CHECK(own_exit(0));
	CHECK_EQ(l1_take_event(), NMI);
	CHECK_EQ(l1_state(FI_GUEST_RIP), duo_valid(FI_HOST_RIP));
	CHECK_EQ(read_field(VM_EXIT_INTR_INFO), MC);
	CHECK_EQ(nested.pending, 0);
}

static void expect_init_exit(void)
{
	CHECK_EQ(read_field(VM_EXIT_REASON), EXIT_REASON_INIT_SIGNAL);
	CHECK_EQ(read_field(EXIT_QUALIFICATION), 0);
	CHECK_EQ(read_field(VM_EXIT_INTR_INFO), 0);
	CHECK_EQ(read_field(IDT_VECTORING_INFO_FIELD), 0);
	CHECK(!nested.init_pending);
}

/*
 * SDM "VMX Operation": INIT is blocked in VMX root operation; when L2 runs it is an exit, once the
 * entry has been made and has delivered what it injects.
 */
static void an_init_in_vmx_root_operation(void)
{
	setup();
	events_init_signal(&nested);
	events_deliver(&nested);
	CHECK_EQ(l1_state(FI_GUEST_ACTIVITY_STATE), GUEST_ACTIVITY_ACTIVE);
	CHECK(nested.init_pending);
	duo_set(FI_VM_ENTRY_INTR_INFO_FIELD, INTERRUPT);
	l1_must(l1_enter(EXIT_REASON_VMLAUNCH));
	expect_stop(INTERRUPT);
	CHECK(l2_exits(&timer_exit));
	expect_init_exit();
	l1_must(l1_enter(EXIT_REASON_VMRESUME));
	CHECK(!(hw_state(FI_PIN_BASED_VM_EXEC_CONTROL) & PIN_BASED_VMX_PREEMPTION_TIMER));
}

static void an_init_without_a_timer(void)
{
	setup_with(without_timer);
	events_init_signal(&nested);
	CHECK_EQ(l1_enter(EXIT_REASON_VMLAUNCH).outcome, DONE_EXITED);
	expect_init_exit();
	/* What is injected goes first, and INIT waits for the next exit. */
	duo_set(FI_VM_ENTRY_INTR_INFO_FIELD, INTERRUPT);
	events_init_signal(&nested);
	l1_must(l1_enter(EXIT_REASON_VMRESUME));
	CHECK(own_exit(0));
	expect_init_exit();
}

/* It goes on waiting where the entry fails, and where L2 waits for a SIPI. */
static void an_init_before_a_refusal(void)
{
	setup();
	events_init_signal(&nested);
	duo_set(FI_HOST_CS_SELECTOR, 0);
	CHECK_EQ(duo_enter(EXIT_REASON_VMLAUNCH).error, VMXERR_ENTRY_INVALID_HOST_STATE_FIELD);
	duo_set(FI_HOST_CS_SELECTOR, duo_valid(FI_HOST_CS_SELECTOR));
	CHECK(nested.init_pending);
	duo_set(FI_GUEST_ACTIVITY_STATE, GUEST_ACTIVITY_WAIT_SIPI);
	l1_must(l1_enter(EXIT_REASON_VMLAUNCH));
	CHECK(!(hw_state(FI_PIN_BASED_VM_EXEC_CONTROL) & PIN_BASED_VMX_PREEMPTION_TIMER));
	CHECK(nested.init_pending);
}

/* L1 takes the NMI first, and INIT has its turn when the entry is made. */
static void an_init_and_an_nmi_before_the_entry(void)
{
	setup();
	events_init_signal(&nested);
	events_note_nmi(&nested);
	CHECK_EQ(l1_enter(EXIT_REASON_VMLAUNCH).fault.vector, NMI_VECTOR);
	CHECK(nested.init_pending);
	l1_must(l1_enter(EXIT_REASON_VMLAUNCH));
	expect_stop(0);
	CHECK(l2_exits(&timer_exit));
	expect_init_exit();
}

/* It takes effect when VMX operation ends, or at once outside of it. */
static void an_init_outside_of_vmx_operation(void)
{
	start();
	duo_setup(0);
	events_init_signal(&nested);
	l1_must(l1_vmxoff());
	CHECK(!nested.init_pending);
	CHECK_EQ(l1_state(FI_GUEST_CS_SELECTOR), 0xf000);
	CHECK_EQ(l1_state(FI_GUEST_RIP), 0xfff0);
	CHECK_EQ(l1_state(FI_GUEST_CR0) & X86_CR0_PE, 0);
}

/* A processor that waits for a SIPI takes nothing else: what was noted comes after it. */
static void an_nmi_and_an_init(void)
{
	start();
	processor_add_msr(MSR_IA32_APICBASE, 0, 0);
	events_init_signal(&nested);
	nested.mc_pending = true;
	events_note_nmi(&nested);
	events_deliver(&nested);
	CHECK_EQ(l1_state(FI_GUEST_ACTIVITY_STATE), GUEST_ACTIVITY_WAIT_SIPI);
	CHECK_EQ(l1_state(FI_VM_ENTRY_INTR_INFO_FIELD), 0);
	l1_set_state(FI_GUEST_ACTIVITY_STATE, GUEST_ACTIVITY_ACTIVE);
	events_deliver(&nested);
	CHECK_EQ(l1_take_event(), MC);
	CHECK(window_is_on());
	events_nmi_window(&nested);
	CHECK_EQ(l1_take_event(), NMI);
}

/* The ring keeps the last events; each has its number. */
static void event_ring(void)
{
	unsigned int i;

	start();
	for (i = 0; i < 3 * NR_EVENTS; i++)
		report_event(&nested, EVENT_BUG, i, 2, 3, 4);
	CHECK_EQ(shared.event_next, 3 * NR_EVENTS);
	for (i = 2 * NR_EVENTS; i < 3 * NR_EVENTS; i++) {
		const struct root_event *event = &shared.events[i % NR_EVENTS];

		CHECK_EQ(event->seq, i + 1);
		CHECK_EQ(event->arg[0], i);
		CHECK_EQ(event->arg[3], 4);
		CHECK_EQ(event->kind, EVENT_BUG);
	}
	/* L1 can write the ring; root does not care. */
	shared.event_next = 0xdead;
	report_event(&nested, EVENT_BUG, 0, 0, 0, 0);
	CHECK_EQ(shared.event_next, 3 * NR_EVENTS + 1);
}

static const struct unit_test tests[] = {
	TEST(an_nmi_of_l1),
	TEST(an_nmi_behind_a_debug_trap),
	TEST(an_nmi_behind_something_else),
	TEST(a_window_behind_sti),
	TEST(two_nmis_and_no_third),
	TEST(an_nmi_while_a_window_is_awaited),
	TEST(an_nmi_that_exits),
	TEST(a_machine_check_of_l1),
	TEST(a_machine_check_and_an_nmi_behind_an_injection),
	TEST(a_machine_check_without_a_timer),
	TEST(a_machine_check_during_an_entry_of_l1),
	TEST(an_nmi_before_the_entry),
	TEST(an_nmi_before_a_refusal),
	TEST(an_nmi_and_msr_lists),
	TEST(an_nmi_while_l2_runs),
	TEST(an_nmi_on_top_of_a_delivery),
	TEST(an_nmi_behind_a_delivery),
	TEST(an_nmi_and_a_timer_of_l1s),
	TEST(an_nmi_behind_another_exit),
	TEST(a_machine_check_before_a_stop),
	TEST(a_bus_lock_before_an_own_exit),
	TEST(an_nmi_that_is_l2s),
	TEST(nmis_of_l2_behind_a_delivery),
	TEST(a_machine_check_while_l2_runs),
	TEST(a_machine_check_of_l2_behind_an_injection),
	TEST(a_machine_check_during_an_entry_of_l2),
	TEST(a_machine_check_and_an_nmi),
	TEST(an_init_in_vmx_root_operation),
	TEST(an_init_without_a_timer),
	TEST(an_init_before_a_refusal),
	TEST(an_init_and_an_nmi_before_the_entry),
	TEST(an_init_outside_of_vmx_operation),
	TEST(an_nmi_and_an_init),
	TEST(event_ring),
};

UNIT_MAIN(tests)
