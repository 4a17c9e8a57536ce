// SPDX-License-Identifier: GPL-2.0-only
/*
 * NMIs and machine checks that arrive in root: L1 or L2 gets exactly one for each.
 *
 * L1 runs without NMI exiting, so the processor keeps NMIs from root while L1 blocks them, and one
 * that arrived in root can be delivered at once. Only an event that is being injected already comes
 * first. Then VMCS01 asks for an NMI window, which L1 cannot see. A machine check, which nothing but
 * such an event holds off, stops L1 or L2 behind it (stop.c).
 */
#include "arch/msr.h"
#include "arch/reasons.h"
#include "arch/vmx.h"
#include "arch/x86.h"
#include "l1/guest.h"
#include "l1/l1state.h"
#include "machine/contract.h"
#include "run/events.h"
#include "run/exit.h"
#include "run/refused.h"
#include "run/stop.h"

#define NMI_EVENT (NMI_VECTOR | INTR_TYPE_NMI_INTR | INTR_INFO_VALID_MASK)
#define MC_EVENT  (MC_VECTOR | INTR_TYPE_HARD_EXCEPTION | INTR_INFO_VALID_MASK)
/* As on the processor, one NMI is handled and one more is kept meanwhile. */
#define NMI_MAX 2

#define WINDOW_PIN (PIN_BASED_NMI_EXITING | PIN_BASED_VIRTUAL_NMIS)

static void window(struct nested *n, bool on)
{
	u64 pin = m_vmread(PIN_BASED_VM_EXEC_CONTROL) & ~(u64)WINDOW_PIN;
	u64 proc = m_vmread(CPU_BASED_VM_EXEC_CONTROL) & ~(u64)CPU_BASED_NMI_WINDOW_EXITING;

	m_vmwrite(PIN_BASED_VM_EXEC_CONTROL, pin | (on ? WINDOW_PIN : 0));
	m_vmwrite(CPU_BASED_VM_EXEC_CONTROL, proc | (on ? CPU_BASED_NMI_WINDOW_EXITING : 0));
	n->nmi_window = on;
}

static bool injection_taken(void)
{
	return m_vmread(VM_ENTRY_INTR_INFO_FIELD) & INTR_INFO_VALID_MASK;
}

/*
 * An NMI cannot be injected while STI or MOV SS blocks events (SDM "Checks on Guest
 * Non-Register State").
 */
static bool blocked_by_instruction(void)
{
	return m_vmread(GUEST_INTERRUPTIBILITY_INFO) &
	       (GUEST_INTR_STATE_STI | GUEST_INTR_STATE_MOV_SS);
}

/*
 * A debug trap of the instruction before comes first. Injecting an NMI would drop it (SDM
 * "Delivery of Pending Debug Exceptions after VM Entry").
 */
static bool trap_pending(void)
{
	return m_vmread(GUEST_PENDING_DBG_EXCEPTIONS);
}

/*
 * With an NMI window the NMI is injected as a virtual one, so that its IRET opens the window for a
 * second NMI. Without one it blocks NMIs for real, and the processor keeps the next one itself.
 */
static void deliver_nmi_to_l1(struct nested *n)
{
	if (injection_taken() || blocked_by_instruction() || trap_pending()) {
		if (!n->nmi_window)
			window(n, true);
		return;
	}
	n->nmi_pending--;
	if (n->nmi_window != (n->nmi_pending > 0))
		window(n, n->nmi_pending > 0);
	m_vmwrite(VM_ENTRY_INTR_INFO_FIELD, NMI_EVENT);
}

static void deliver_nmi_to_l2(struct nested *n)
{
	bool exits = SOFT(n->current, PIN_BASED_VM_EXEC_CONTROL) & PIN_BASED_NMI_EXITING;

	/* An event that is being injected comes first. */
	if (injection_taken() && stop_at_boundary(n))
		return;
	if (exits) {
		n->nmi_pending--;
		exit_instead(n, EXIT_REASON_EXCEPTION_NMI, NMI_EVENT);
		return;
	}
	/* L1 lets L2 have NMIs. If this one cannot be injected it waits for the next exit. */
	if (injection_taken() || blocked_by_instruction())
		return;
	n->nmi_pending--;
	m_vmwrite(VM_ENTRY_INTR_INFO_FIELD, NMI_EVENT);
}

/*
 * A fault that is being injected may be dropped: its instruction is executed again and faults
 * again. A debug exception may be a trap, which would be lost.
 */
static bool injects_fault(void)
{
	const u64 mask = INTR_INFO_VALID_MASK | INTR_INFO_INTR_TYPE_MASK;
	u64 event = m_vmread(VM_ENTRY_INTR_INFO_FIELD);

	return (event & mask) == (INTR_INFO_VALID_MASK | INTR_TYPE_HARD_EXCEPTION) &&
	       (event & INTR_INFO_VECTOR_MASK) != DB_VECTOR;
}

/*
 * A machine check follows the event that is being injected, before the next instruction. Where the
 * processor has no timer it waits for L2's next exit, or until L1 can take an NMI.
 */
static void follow_injection(struct nested *n)
{
	if (n->in_l2)
		stop_at_boundary(n);
	else if (!stop_l1_at_boundary(n) && !n->nmi_window)
		window(n, true);
}

/*
 * To L2 a machine check is an exception like others: L1's exception bitmap decides who gets it. It
 * may come while another event is being injected.
 */
static void deliver_mc(struct nested *n)
{
	if (n->in_l2 && (m_vmread(EXCEPTION_BITMAP) & BIT(MC_VECTOR))) {
		n->mc_pending = false;
		exit_instead(n, EXIT_REASON_EXCEPTION_NMI, MC_EVENT);
		return;
	}
	if (injection_taken() && !injects_fault()) {
		follow_injection(n);
		return;
	}
	n->mc_pending = false;
	m_vmwrite(VM_ENTRY_INTR_INFO_FIELD, MC_EVENT);
}

/* After INIT all processors but the first wait for a SIPI (SDM "MP Initialization"). */
static void load_init_state(struct nested *n)
{
	u64 base = 0;

	n->init_pending = false;
	l1state_load_init(n);
	m_rdmsr_safe(MSR_IA32_APICBASE, &base);
	m_vmwrite(GUEST_ACTIVITY_STATE,
		  base & MSR_IA32_APICBASE_BSP ? GUEST_ACTIVITY_ACTIVE : GUEST_ACTIVITY_WAIT_SIPI);
}

/*
 * Does the guest wait for a SIPI? Nothing can be injected then, and INIT is blocked (SDM "Checks on
 * Guest Non-Register State").
 */
static bool waits_for_sipi(void)
{
	return m_vmread(GUEST_ACTIVITY_STATE) == GUEST_ACTIVITY_WAIT_SIPI;
}

/*
 * L2 gets an INIT as an exit that is L1's (SDM "Other Causes of VM Exits"). The entry under way,
 * which may yet fail, and the event that it injects come first.
 */
static void deliver_init_to_l2(struct nested *n)
{
	if ((n->entry_reason || injection_taken()) && stop_at_boundary(n))
		return;
	if (injection_taken())
		return;
	n->init_pending = false;
	exit_instead(n, EXIT_REASON_INIT_SIGNAL, 0);
}

/* INIT is blocked in VMX root operation (SDM "VMX Operation"), so it waits for L2 or for VMXOFF. */
static void deliver_init(struct nested *n)
{
	if (!n->in_vmx)
		load_init_state(n);
	else if (n->in_l2 && !waits_for_sipi())
		deliver_init_to_l2(n);
}

void events_init_signal(struct nested *n)
{
	n->init_pending = true;
}

void events_deliver(struct nested *n)
{
	if (n->init_pending)
		deliver_init(n);
	/*
	 * The event came before the VMLAUNCH or VMRESUME under way, and L1 will execute that again.
	 * Were it delivered as an exit of L2, L1 would learn of an entry that the processor might
	 * yet refuse, and whose MSR list it has not loaded: L1's values would be stored as L2's.
	 */
	if (n->in_l2 && n->entry_reason && (n->mc_pending || n->nmi_pending))
		refused_take_back(n);
	if (waits_for_sipi())
		return;
	if (n->mc_pending)
		deliver_mc(n);
	if (!n->nmi_pending)
		return;
	if (n->in_l2)
		deliver_nmi_to_l2(n);
	else if (!n->nmi_window)
		deliver_nmi_to_l1(n);
}

void events_note_nmi(struct nested *n)
{
	if (n->nmi_pending < NMI_MAX)
		n->nmi_pending++;
}

void events_note_mc(struct nested *n)
{
	n->mc_pending = true;
}

bool events_entry_failed(struct nested *n, u32 reason)
{
	m_expect_current(n->vmcs01);
	if (reason != ENTRY_FAILED_MC)
		return false;
	events_note_mc(n);
	events_deliver(n);
	return true;
}

void events_boundary(struct nested *n)
{
	stop_l1_end(n);
	if (n->mc_pending)
		deliver_mc(n);
}

/*
 * A processor need not hold this exit off while STI blocks events (SDM "Other Causes of VM Exits").
 * One that does not would exit again before L1's next instruction, for ever. It is one that takes an
 * NMI there on the bare machine, too.
 */
static void end_blocking_by_sti(void)
{
	u64 info = m_vmread(GUEST_INTERRUPTIBILITY_INFO);

	if (info & GUEST_INTR_STATE_STI)
		m_vmwrite(GUEST_INTERRUPTIBILITY_INFO, info & ~(u64)GUEST_INTR_STATE_STI);
}

void events_nmi_window(struct nested *n)
{
	if (n->mc_pending)
		deliver_mc(n);
	if (!n->nmi_pending) {
		window(n, false);
		return;
	}
	end_blocking_by_sti();
	deliver_nmi_to_l1(n);
}

void events_second_nmi(struct nested *n)
{
	events_note_nmi(n);
	guest_reinject();
}
