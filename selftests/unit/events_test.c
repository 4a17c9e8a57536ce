// SPDX-License-Identifier: GPL-2.0-only
/* NMIs and machine checks that met root: one delivered above for one that was noted. */
#include "duo.h"
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
		nested_nmi_window(&nested);
		CHECK_EQ(l1_take_event(), NMI);
		CHECK(!window_is_on());
	}
}

/* One is handled, one is latched; the processor keeps no more either. */
static void two_nmis_and_no_third(void)
{
	start();
	nested_note_nmi(&nested);
	nested_note_nmi(&nested);
	nested_note_nmi(&nested);
	nested_deliver_noted(&nested);
	CHECK_EQ(l1_take_event(), NMI);
	CHECK(window_is_on());
	nested_nmi_window(&nested);
	CHECK_EQ(l1_take_event(), NMI);
	CHECK(!window_is_on());
	/* A window without a reason closes. */
	nested_nmi_window(&nested);
	CHECK_EQ(l1_take_event(), 0);
}

/* While Nestor waits for its window NMIs exit: the second is noted, what it interrupted goes on. */
static void an_nmi_that_exits(void)
{
	start();
	l1_set_state(FI_VM_ENTRY_INTR_INFO_FIELD, FAULT);
	l1_note_nmi();
	l1_take_event();
	l1_set_state(FI_IDT_VECTORING_INFO_FIELD, FAULT);
	nested_second_nmi(&nested);
	CHECK_EQ(nested.nmi_pending, 2);
	CHECK_EQ(l1_take_event(), FAULT);
}

static void a_machine_check_of_l1(void)
{
	static const u32 first[] = { TRAP, INTERRUPT };
	unsigned int i;

	start();
	l1_note_mc();
	CHECK_EQ(l1_take_event(), MC);
	/* A fault comes again by itself, and what does not goes first. */
	l1_set_state(FI_VM_ENTRY_INTR_INFO_FIELD, FAULT);
	l1_note_mc();
	CHECK_EQ(l1_take_event(), MC);
	for (i = 0; i < ARRAY_SIZE(first); i++) {
		l1_set_state(FI_VM_ENTRY_INTR_INFO_FIELD, first[i]);
		l1_note_mc();
		CHECK_EQ(l1_take_event(), first[i]);
		nested_deliver_noted(&nested);
		CHECK_EQ(l1_take_event(), MC);
		CHECK(!nested.mc_pending);
	}
}

/* L1 asked for NMI exits: it gets one, as if the NMI had come while L2 ran. */
static void an_nmi_while_l2_is_about_to_run(void)
{
	start();
	duo_setup(0);
	l1_note_in_window(true, false);
	CHECK_EQ(l1_enter(EXIT_REASON_VMLAUNCH).outcome, DONE_EXITED);
	CHECK_EQ(read_field(VM_EXIT_REASON), EXIT_REASON_EXCEPTION_NMI);
	CHECK_EQ(read_field(VM_EXIT_INTR_INFO), NMI);
	CHECK_EQ(read_field(EXIT_QUALIFICATION), 0);
	CHECK_EQ(read_field(IDT_VECTORING_INFO_FIELD), 0);
	/* Its handler runs with NMIs blocked. */
	CHECK_EQ(l1_state(FI_GUEST_INTERRUPTIBILITY_INFO), GUEST_INTR_STATE_NMI);
	CHECK_EQ(l1_state(FI_GUEST_RIP), duo_valid(FI_HOST_RIP));
	l1_must(l1_enter(EXIT_REASON_VMRESUME));
}

/* The event that L1 was injecting is the one that the NMI interrupted. */
static void an_nmi_on_top_of_an_injection(void)
{
	const u32 event = INTR_INFO_VALID_MASK | INTR_INFO_DELIVER_CODE_MASK |
			  INTR_TYPE_HARD_EXCEPTION | GP_VECTOR;

	start();
	duo_setup(0);
	duo_set(FI_VM_ENTRY_INTR_INFO_FIELD, event);
	duo_set(FI_VM_ENTRY_EXCEPTION_ERROR_CODE, 0x50);
	duo_set(FI_VM_ENTRY_INSTRUCTION_LEN, 3);
	l1_note_in_window(true, false);
	CHECK_EQ(l1_enter(EXIT_REASON_VMLAUNCH).outcome, DONE_EXITED);
	CHECK_EQ(read_field(IDT_VECTORING_INFO_FIELD), event);
	CHECK_EQ(read_field(IDT_VECTORING_ERROR_CODE), 0x50);
	CHECK_EQ(read_field(VM_EXIT_INSTRUCTION_LEN), 3);
	CHECK_EQ(read_field(VM_ENTRY_INTR_INFO_FIELD), event & ~INTR_INFO_VALID_MASK);
	CHECK_EQ(read_field(VM_EXIT_INTR_INFO), NMI);
}

/* L1 leaves NMIs to L2. */
static void an_nmi_that_is_l2s(void)
{
	const struct l2_exit cpuid = { .reason = EXIT_REASON_CPUID };

	start();
	duo_setup(0);
	duo_set(FI_PIN_BASED_VM_EXEC_CONTROL, processor_caps.pin.allowed0);
	l1_note_in_window(true, false);
	l1_must(l1_enter(EXIT_REASON_VMLAUNCH));
	CHECK_EQ(hw_state(FI_VM_ENTRY_INTR_INFO_FIELD), NMI);
	CHECK_EQ(nested.nmi_pending, 0);
	CHECK(l2_exits(&cpuid));

	/* One behind an injection waits until that is done. */
	duo_set(FI_VM_ENTRY_INTR_INFO_FIELD, FAULT);
	l1_note_in_window(true, false);
	l1_must(l1_enter(EXIT_REASON_VMRESUME));
	CHECK_EQ(hw_state(FI_VM_ENTRY_INTR_INFO_FIELD), FAULT);
	CHECK_EQ(nested.nmi_pending, 1);
	CHECK(l2_exits(&cpuid));
	CHECK_EQ(l1_take_event(), NMI);
}

/* The exception bitmap says whose it is, as of any exception in L2. */
static void a_machine_check_while_l2_is_about_to_run(void)
{
	start();
	duo_setup(0);
	l1_note_in_window(false, true);
	l1_must(l1_enter(EXIT_REASON_VMLAUNCH));
	CHECK_EQ(hw_state(FI_VM_ENTRY_INTR_INFO_FIELD), MC);

	start();
	duo_setup(0);
	duo_set(FI_EXCEPTION_BITMAP, BIT(MC_VECTOR));
	duo_set(FI_VM_ENTRY_INTR_INFO_FIELD, INTERRUPT);
	l1_note_in_window(false, true);
	CHECK_EQ(l1_enter(EXIT_REASON_VMLAUNCH).outcome, DONE_EXITED);
	CHECK_EQ(read_field(VM_EXIT_REASON), EXIT_REASON_EXCEPTION_NMI);
	CHECK_EQ(read_field(VM_EXIT_INTR_INFO), MC);
	CHECK_EQ(read_field(IDT_VECTORING_INFO_FIELD), INTERRUPT);
	CHECK_EQ(l1_state(FI_GUEST_INTERRUPTIBILITY_INFO), 0);
	CHECK(!nested.mc_pending);
}

/* Both at once: L2 exits for the machine check, and the NMI is the first thing that L1 meets. */
static void a_machine_check_and_an_nmi(void)
{
	struct result result;

	start();
	duo_setup(0);
	duo_set(FI_EXCEPTION_BITMAP, BIT(MC_VECTOR));
	l1_note_in_window(true, true);
	result = l1_enter(EXIT_REASON_VMLAUNCH);
	CHECK_EQ(result.outcome, DONE_FAULT);
	CHECK_EQ(result.fault.vector, NMI_VECTOR);
	CHECK_EQ(l1_state(FI_GUEST_RIP), duo_valid(FI_HOST_RIP));
	CHECK_EQ(read_field(VM_EXIT_INTR_INFO), MC);
	CHECK_EQ(nested.pending, 0);
}

/* Root notes it on the way to L2: the exit comes at the end of L1's VMRESUME. */
static void an_nmi_during_vmresume(void)
{
	const struct l2_exit cpuid = { .reason = EXIT_REASON_CPUID };

	start();
	duo_setup(0);
	l1_must(l1_enter(EXIT_REASON_VMLAUNCH));
	CHECK(l2_exits(&cpuid));
	nested_note_nmi(&nested);
	CHECK_EQ(l1_enter(EXIT_REASON_VMRESUME).outcome, DONE_EXITED);
	CHECK_EQ(read_field(VM_EXIT_REASON), EXIT_REASON_EXCEPTION_NMI);
}

/* The ring keeps the last events; each has its number. */
/* SDM "VMX Operation": INIT is blocked in VMX root operation; when L2 runs it is an exit. */
static void an_init_in_vmx_root_operation(void)
{
	start();
	duo_setup(0);
	nested_init_signal(&nested);
	nested_deliver_noted(&nested);
	CHECK_EQ(l1_state(FI_GUEST_ACTIVITY_STATE), GUEST_ACTIVITY_ACTIVE);
	CHECK(nested.init_pending);
	CHECK_EQ(l1_enter(EXIT_REASON_VMLAUNCH).outcome, DONE_EXITED);
	CHECK_EQ(read_field(VM_EXIT_REASON), EXIT_REASON_INIT_SIGNAL);
	CHECK_EQ(read_field(EXIT_QUALIFICATION), 0);
	CHECK_EQ(read_field(VM_EXIT_INTR_INFO), 0);
	CHECK(!nested.init_pending);
	l1_must(l1_enter(EXIT_REASON_VMRESUME));
}

/* It takes effect when VMX operation ends, or at once outside of it. */
static void an_init_outside_of_vmx_operation(void)
{
	start();
	duo_setup(0);
	nested_init_signal(&nested);
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
	nested_init_signal(&nested);
	nested.mc_pending = true;
	nested_note_nmi(&nested);
	nested_deliver_noted(&nested);
	CHECK_EQ(l1_state(FI_GUEST_ACTIVITY_STATE), GUEST_ACTIVITY_WAIT_SIPI);
	CHECK_EQ(l1_state(FI_VM_ENTRY_INTR_INFO_FIELD), 0);
	l1_set_state(FI_GUEST_ACTIVITY_STATE, GUEST_ACTIVITY_ACTIVE);
	nested_deliver_noted(&nested);
	CHECK_EQ(l1_take_event(), MC);
	CHECK(window_is_on());
	nested_nmi_window(&nested);
	CHECK_EQ(l1_take_event(), NMI);
}

static void event_ring(void)
{
	unsigned int i;

	start();
	for (i = 0; i < 3 * NR_EVENTS; i++)
		nested_event(&nested, EVENT_BUG, i, 2, 3, 4);
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
	nested_event(&nested, EVENT_BUG, 0, 0, 0, 0);
	CHECK_EQ(shared.event_next, 3 * NR_EVENTS + 1);
}

static const struct unit_test tests[] = {
	TEST(an_nmi_of_l1),
	TEST(an_nmi_behind_something_else),
	TEST(two_nmis_and_no_third),
	TEST(an_nmi_that_exits),
	TEST(a_machine_check_of_l1),
	TEST(an_nmi_while_l2_is_about_to_run),
	TEST(an_nmi_on_top_of_an_injection),
	TEST(an_nmi_that_is_l2s),
	TEST(a_machine_check_while_l2_is_about_to_run),
	TEST(a_machine_check_and_an_nmi),
	TEST(an_nmi_during_vmresume),
	TEST(an_init_in_vmx_root_operation),
	TEST(an_init_outside_of_vmx_operation),
	TEST(an_nmi_and_an_init),
	TEST(event_ring),
};

UNIT_MAIN(tests)
