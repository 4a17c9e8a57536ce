// SPDX-License-Identifier: GPL-2.0-only
/*
 * VM exits of L2, which are Nestor's own or L1's.
 *
 * A reflected exit leaves exit information and guest state in VMCS02, where they are. VMCS01 gets
 * the host state that VMCS12 wants L1 to have (hoststate.h).
 */
#include "arch/msr.h"
#include "arch/reasons.h"
#include "arch/vmx.h"
#include "arch/x86.h"
#include "ept/ept02.h"
#include "ept/violation.h"
#include "l1/guest.h"
#include "l1/l1state.h"
#include "machine/contract.h"
#include "report.h"
#include "run/checks.h"
#include "run/entry.h"
#include "run/exit.h"
#include "run/hoststate.h"
#include "run/l2shadow.h"
#include "run/msrlist.h"
#include "run/pdptes.h"
#include "run/stop.h"
#include "vmcs/cet.h"
#include "vmcs/controls.h"
#include "vmcs/overlay.h"
#include "vmcs/shadow.h"
#include "vmcs/slot.h"

#define ENTRY_FAILED_EARLY (EXIT_REASON_INVALID_STATE | VMX_EXIT_REASON_FAILED_VMENTRY)
#define ENTRY_FAILED_LATE  (EXIT_REASON_MSR_LOAD_FAIL | VMX_EXIT_REASON_FAILED_VMENTRY)

/*
 * An unrestricted guest may change its mode, which the processor notes in VMCS02's entry controls.
 */
static inline void save_mode(struct vmcs_slot *slot)
{
	u64 changed = SOFT(slot, VM_ENTRY_CONTROLS) ^ m_vmread(VM_ENTRY_CONTROLS);

	if (unlikely(changed & VM_ENTRY_IA32E_MODE) && slot->merged.unrestricted)
		SOFT(slot, VM_ENTRY_CONTROLS) ^= VM_ENTRY_IA32E_MODE;
}

static void save_guest_values(struct vmcs_slot *slot)
{
	u32 exit = SOFT(slot, VM_EXIT_CONTROLS);

	if (exit & VM_EXIT_SAVE_IA32_EFER)
		SOFT(slot, GUEST_IA32_EFER) = m_vmread(GUEST_IA32_EFER);
	if (exit & VM_EXIT_SAVE_IA32_PAT)
		SOFT(slot, GUEST_IA32_PAT) = m_vmread(GUEST_IA32_PAT);
	if (exit & VM_EXIT_SAVE_DEBUG_CONTROLS) {
		SOFT(slot, GUEST_DR7) = m_vmread(GUEST_DR7);
		SOFT(slot, GUEST_IA32_DEBUGCTL) = m_vmread(GUEST_IA32_DEBUGCTL);
	}
	if (exit & VM_EXIT_SAVE_IA32_PERF_GLOBAL_CTRL)
		m_rdmsr_safe(MSR_CORE_PERF_GLOBAL_CTRL, &SOFT(slot, GUEST_IA32_PERF_GLOBAL_CTRL));
	if (exit & VM_EXIT_SAVE_VMX_PREEMPTION_TIMER)
		SOFT(slot, VMX_PREEMPTION_TIMER_VALUE) = m_vmread(VMX_PREEMPTION_TIMER_VALUE);
	save_mode(slot);
}

/*
 * An exit that an NMI has caused blocks NMIs (SDM "Updating Non-Register State"), and L2's own
 * blocking stays.
 */
static bool nmis_blocked(const struct vmcs_slot *slot, u32 reason)
{
	u32 info;

	if (unlikely(slot->merged.nmi_blocking) &&
	    (m_vmread(GUEST_INTERRUPTIBILITY_INFO) & GUEST_INTR_STATE_NMI))
		return true;
	if (likely(reason != EXIT_REASON_EXCEPTION_NMI))
		return false;
	info = overlay_has(slot, FI_VM_EXIT_INTR_INFO) ? SOFT(slot, VM_EXIT_INTR_INFO) :
							 m_vmread(VM_EXIT_INTR_INFO);
	return (info & INTR_INFO_INTR_TYPE_MASK) == INTR_TYPE_NMI_INTR;
}

static void read_l2_values(const struct vmcs_slot *slot, struct l2_values *l2)
{
	u32 exit = SOFT(slot, VM_EXIT_CONTROLS);

	if (!(exit & VM_EXIT_LOAD_IA32_EFER))
		l2->efer = m_vmread(GUEST_IA32_EFER);
	if (!(exit & VM_EXIT_LOAD_IA32_PAT))
		l2->pat = m_vmread(GUEST_IA32_PAT);
}

/* Write the abort indicator and shut the processor down (SDM "VMX Aborts"). */
static void vmx_abort(struct nested *n, struct vmcs_slot *slot, u32 indicator)
{
	m_phys_write(slot->address + VMCS_ABORT_INDICATOR_OFFSET, &indicator, sizeof(indicator));
	m_vmwrite(GUEST_ACTIVITY_STATE, GUEST_ACTIVITY_SHUTDOWN);
	report_event(n, EVENT_VMX_ABORT, indicator, slot->address, 0, 0);
}

static void account_failure(struct nested *n, struct vmcs_slot *slot, u32 reason)
{
	u64 qualification = m_vmread(EXIT_QUALIFICATION);
	enum entry_check check = check_of_failure(n, reason, qualification);

	stats(n)->entry_failures++;
	stats(n)->entry_checks[check]++;
	report_event(n, EVENT_ENTRY_FAILED, reason, qualification, check, slot->address);
}

static void account(struct nested *n, struct vmcs_slot *slot, u32 reason)
{
	u32 counter = reason_counter(reason & VMX_EXIT_REASON_BASIC_MASK);

	stats(n)->l2_reflected[counter]++;
	slot->tracked->exits[counter]++;
	if (unlikely(reason & VMX_EXIT_REASON_FAILED_VMENTRY))
		account_failure(n, slot, reason);
}

/* VMCS02's event injection is Nestor's own: L1 is to find what it wrote, without the valid bit. */
static void restore_injection(struct vmcs_slot *slot)
{
	slot->reinjected = false;
	m_vmwrite(VM_ENTRY_INTR_INFO_FIELD,
		  SOFT(slot, VM_ENTRY_INTR_INFO_FIELD) & ~(u64)INTR_INFO_VALID_MASK);
	m_vmwrite(VM_ENTRY_EXCEPTION_ERROR_CODE, SOFT(slot, VM_ENTRY_EXCEPTION_ERROR_CODE));
	m_vmwrite(VM_ENTRY_INSTRUCTION_LEN, SOFT(slot, VM_ENTRY_INSTRUCTION_LEN));
}

static bool store_msrs(struct nested *n, struct vmcs_slot *slot)
{
	return !msrlist_store(n, SOFT(slot, VM_EXIT_MSR_STORE_ADDR),
			      SOFT(slot, VM_EXIT_MSR_STORE_COUNT));
}

/* Clear what VM-exit controls say (SDM "Loading Host Control Registers, Debug Registers, MSRs"). */
static void clear_msrs(u32 exit)
{
	u64 misc;

	if (exit & VM_EXIT_CLEAR_BNDCFGS)
		m_wrmsr_safe(MSR_IA32_BNDCFGS, 0);
	if (exit & VM_EXIT_CLEAR_IA32_RTIT_CTL)
		m_wrmsr_safe(MSR_IA32_RTIT_CTL, 0);
	if (exit & VM_EXIT_CLEAR_IA32_LBR_CTL)
		m_wrmsr_safe(MSR_ARCH_LBR_CTL, 0);
	if ((exit & VM_EXIT_CLEAR_UINV) && m_rdmsr_safe(MSR_IA32_UINTR_MISC, &misc))
		m_wrmsr_safe(MSR_IA32_UINTR_MISC, misc & ~UINTR_MISC_UINV);
}

static void load_rare(struct nested *n, const struct vmcs_slot *slot)
{
	l2shadow_take_back(n);
	if (unlikely(slot->merged.cleared))
		clear_msrs(slot->merged.cleared);
	if (slot->merged.cet)
		cet_load_host(n, slot);
	if (slot->merged.flush_l1)
		l1state_flush(n);
}

/* Why the exit ends in a VMX abort, or 0. The first thing that fails counts (SDM "VM Exits"). */
static u32 abort_of(struct nested *n, const struct vmcs_slot *slot, bool stored)
{
	if (unlikely(!stored))
		return VMX_ABORT_SAVE_GUEST_MSR_FAIL;
	if (unlikely(!pdptes_load_host(n, slot)))
		return VMX_ABORT_LOAD_HOST_PDPTE_FAIL;
	if (unlikely(slot->merged.lists) &&
	    msrlist_load(n, SOFT(slot, VM_EXIT_MSR_LOAD_ADDR), SOFT(slot, VM_EXIT_MSR_LOAD_COUNT)))
		return VMX_ABORT_LOAD_HOST_MSR_FAIL;
	return 0;
}

/* If the guest state is refused nothing of L2 has been loaded: EFER and PAT are still L1's. */
static void keep_l1_values(struct l2_values *l2)
{
	l2->efer = m_vmread(GUEST_IA32_EFER);
	l2->pat = m_vmread(GUEST_IA32_PAT);
}

/*
 * Reflect an exit for which VMCS12 has the usual controls (controls_note_usual()), and of which
 * software has made no event and no field. Nearly all exits are such.
 */
ALWAYS_INLINE void reflect_usual(struct nested *n, struct vmcs_slot *slot, u32 reason)
{
	const struct l2_values none = {};

	stats(n)->l2_reflected[reason]++;
	slot->tracked->exits[reason]++;
	m_vmread_to(GUEST_DR7, &SOFT(slot, GUEST_DR7));
	m_vmread_to(GUEST_IA32_DEBUGCTL, &SOFT(slot, GUEST_IA32_DEBUGCTL));
	save_mode(slot);
	shadow_from_slot(n, slot, reason);
	m_vmptrld_at(&n->vmcs01);
	set_in_l2(n, false);
	shadow_follow(n, slot);
	load_host_state(slot, &none, true);
}

/* Reflect any exit. @field is the exit-reason field: @reason with its flags (without_flags()). */
static void reflect_rare(struct nested *n, struct vmcs_slot *slot, u32 reason, u32 field)
{
	bool failed = reason & VMX_EXIT_REASON_FAILED_VMENTRY, stored = true;
	struct l2_values l2 = {};
	u32 indicator;

	account(n, slot, reason);
	if (unlikely(slot->reinjected))
		restore_injection(slot);
	read_l2_values(slot, &l2);
	if (unlikely(slot->merged.pdptes))
		pdptes_restore(slot);
	if (unlikely(reason == ENTRY_FAILED_LATE))
		msrlist_loaded(SOFT(slot, VM_ENTRY_MSR_LOAD_ADDR), m_vmread(EXIT_QUALIFICATION) - 1,
			       &l2.efer, &l2.pat);
	if (likely(!failed)) {
		save_guest_values(slot);
		if (unlikely(slot->merged.lists))
			stored = store_msrs(n, slot);
	}
	if (unlikely(slot->merged.nmi_blocking || reason == EXIT_REASON_EXCEPTION_NMI) &&
	    nmis_blocked(slot, reason))
		l2.interruptibility = GUEST_INTR_STATE_NMI;
	shadow_from_slot(n, slot, field);
	m_vmptrld_at(&n->vmcs01);
	set_in_l2(n, false);
	n->launch = false;
	shadow_follow(n, slot);
	if (unlikely(reason == ENTRY_FAILED_EARLY))
		keep_l1_values(&l2);
	load_host_state(slot, &l2, false);
	if (unlikely(slot->merged.rare_entry))
		load_rare(n, slot);
	indicator = abort_of(n, slot, stored);
	if (unlikely(indicator))
		vmx_abort(n, slot, indicator);
}

/*
 * The other bits of the exit-reason field tell under which circumstances the exit came, in enclave
 * mode for one (SDM "Basic VM-Exit Information"). What the exit is does not depend on them.
 */
static u32 without_flags(u32 reason)
{
	return reason & (VMX_EXIT_REASON_BASIC_MASK | VMX_EXIT_REASON_FAILED_VMENTRY);
}

void exit_reflect(struct nested *n, u32 reason)
{
	struct vmcs_slot *slot = n->current;

	if (likely(!slot->unusual && reason == EXIT_REASON_EPT_VIOLATION))
		reflect_usual(n, slot, reason);
	else
		reflect_rare(n, slot, without_flags(reason), reason);
}

void exit_instead(struct nested *n, u32 reason, u32 event)
{
	struct vmcs_slot *slot = n->current;
	u64 injected = m_vmread(VM_ENTRY_INTR_INFO_FIELD);

	stop_end(n, slot);
	slot_set_launched12(n, slot);
	overlay_set(slot, FI_VM_EXIT_REASON, reason);
	overlay_set(slot, FI_VM_EXIT_INTR_INFO, event);
	overlay_set(slot, FI_VM_EXIT_INTR_ERROR_CODE, 0);
	overlay_set(slot, FI_EXIT_QUALIFICATION, 0);
	overlay_set(slot, FI_IDT_VECTORING_INFO_FIELD,
		    injected & INTR_INFO_VALID_MASK ? injected : 0);
	if (injected & INTR_INFO_VALID_MASK) {
		overlay_set(slot, FI_IDT_VECTORING_ERROR_CODE,
			    m_vmread(VM_ENTRY_EXCEPTION_ERROR_CODE));
		overlay_set(slot, FI_VM_EXIT_INSTRUCTION_LEN, m_vmread(VM_ENTRY_INSTRUCTION_LEN));
		m_vmwrite(VM_ENTRY_INTR_INFO_FIELD, injected & ~(u64)INTR_INFO_VALID_MASK);
	}
	exit_reflect(n, reason);
}

/*
 * Forget what the last exit left in software, but not the error of an instruction, which exits do
 * not change. A failed entry changes two fields only (SDM "VM-Entry Failures During or After
 * Loading Guest State").
 */
static void forget_overrides(struct vmcs_slot *slot, bool failed)
{
	u64 error;

	if (likely(!slot->overridden))
		return;
	if (failed) {
		overlay_forget(slot, FI_VM_EXIT_REASON);
		overlay_forget(slot, FI_EXIT_QUALIFICATION);
		return;
	}
	error = slot->override[FI_VM_INSTRUCTION_ERROR / 64] &
		BIT_ULL(FI_VM_INSTRUCTION_ERROR % 64);

	__builtin_memset(slot->override, 0, sizeof(slot->override));
	slot->override[FI_VM_INSTRUCTION_ERROR / 64] = error;
	slot->overridden = false;
}

/* L2 repeats the access, and so the delivery of an event that made it. */
ALWAYS_INLINE void run_again(struct nested *n)
{
	guest_block_nmis();
	guest_drop_trap();
	if (guest_reinject())
		n->current->reinjected = true;
}

static bool answer_ept_violation(struct nested *n, u32 *reason)
{
	if (!violation_answer(n, reason))
		return false;
	run_again(n);
	return true;
}

static bool answer_spp_event(struct nested *n)
{
	if (!slot_uses_secondary(n->current, SECONDARY_EXEC_SPP))
		return false;
	violation_forget_sub_pages(n);
	run_again(n);
	return true;
}

/*
 * An exit for the monitor trap flag pends on the boundary after an instruction (SDM "Monitor Trap
 * Flag"). Software has executed this one, so VM entry must inject the exit.
 */
static void pend_monitor_trap(struct vmcs_slot *slot)
{
	if (likely(!(SOFT(slot, CPU_BASED_VM_EXEC_CONTROL) & CPU_BASED_MONITOR_TRAP_FLAG)))
		return;
	slot->reinjected = true;
	m_vmwrite(VM_ENTRY_INTR_INFO_FIELD, INTR_TYPE_OTHER_EVENT | INTR_INFO_VALID_MASK);
}

/* Execute VM function 0, which exits because of VMCS02 (SDM "EPTP Switching"). */
static bool answer_vmfunc(struct nested *n)
{
	struct vmcs_slot *slot = n->current;
	u64 index = (u32)n->gpr[GPR_RCX], eptp;

	if ((u32)n->gpr[GPR_RAX] ||
	    !(SOFT(slot, VM_FUNCTION_CONTROL) & VMX_VMFUNC_EPTP_SWITCHING) ||
	    index >= VMFUNC_EPTP_ENTRIES)
		return false;
	m_phys_read(SOFT(slot, EPTP_LIST_ADDRESS) + index * 8, &eptp, sizeof(eptp));
	if (!check_eptp_valid(n, eptp))
		return false;
	SOFT(slot, EPT_POINTER) = eptp;
	SOFT(slot, EPTP_INDEX) = index;
	m_vmwrite(EPT_POINTER, ept02_choose(n, slot));
	guest_advance_rip();
	pend_monitor_trap(slot);
	return true;
}

/*
 * A machine check has ended an entry of which L1 does not know (SDM "Machine-Check Events During VM
 * Entry"), and nothing of it is lost. To L1 the machine check came while L2 ran.
 */
static bool own_entry_failed(struct nested *n)
{
	if (n->entry_reason)
		return false;
	n->mc_pending = true;
	return true;
}

/* A guest state that the processor has saved itself is refused. L1's own entry has succeeded. */
static void note_lost_guest(struct nested *n, u32 *reason)
{
	struct vmcs_slot *slot = n->current;

	if (n->entry_reason)
		return;
	stats(n)->bugs++;
	report_event(n, EVENT_BUG, BUG_GUEST_REFUSED, slot->address, 0, 0);
	*reason = EXIT_REASON_TRIPLE_FAULT;
	overlay_set(slot, FI_VM_EXIT_REASON, *reason);
	overlay_set(slot, FI_EXIT_QUALIFICATION, 0);
	overlay_set(slot, FI_VM_EXIT_INTR_INFO, 0);
	overlay_set(slot, FI_IDT_VECTORING_INFO_FIELD, 0);
}

/* Answers an exit of Nestor's own. Returns false if the exit is L1's; @reason is what L1 gets. */
static bool own_exit(struct nested *n, u32 *reason)
{
	switch (*reason) {
	case EXIT_REASON_EPT_VIOLATION:
		return answer_ept_violation(n, reason);
	case EXIT_REASON_SPP_EVENT:
		return answer_spp_event(n);
	case EXIT_REASON_VMFUNC:
		return answer_vmfunc(n);
	case EXIT_REASON_VMREAD:
	case EXIT_REASON_VMWRITE:
		return l2shadow_access(n, *reason);
	case ENTRY_FAILED_MC:
		return own_entry_failed(n);
	case ENTRY_FAILED_EARLY:
		note_lost_guest(n, reason);
		return false;
	default:
		return false;
	}
}

static void note_entry(struct nested *n, struct vmcs_slot *slot, u32 reason)
{
	if (n->entry_reason && !(reason & VMX_EXIT_REASON_FAILED_VMENTRY) && !slot->launched02)
		slot_set_launched(n, slot);
}

/* Add the flags again, also to an exit-reason field that software has set. */
static u32 with_flags(struct vmcs_slot *slot, u32 reason, u32 flags)
{
	if (unlikely(flags) && overlay_has(slot, FI_VM_EXIT_REASON))
		overlay_set(slot, FI_VM_EXIT_REASON, reason | flags);
	return reason | flags;
}

/* Did L2 exit where Nestor had stopped it? events_deliver() goes on with what that was for. */
static bool end_stop(struct nested *n, struct vmcs_slot *slot, u32 reason)
{
	stop_end(n, slot);
	return reason == EXIT_REASON_PREEMPTION_TIMER;
}

/*
 * Bit 26 of the exit-reason field: the exit has come before the one that is due for a bus lock of
 * L2 (SDM "Basic VM-Exit Information"). If it is Nestor's own the other follows.
 */
static void tell_bus_lock(struct nested *n, u32 field)
{
	if (unlikely(field & VMX_EXIT_REASON_BUS_LOCK))
		exit_instead(n, EXIT_REASON_BUS_LOCK, 0);
}

/* After an own exit L2 keeps what L1's entry had the processor load, and what L2 has made of it. */
static void load_nothing_again(const struct vmcs_slot *slot)
{
	if (slot->merged.lists)
		m_vmwrite(VM_ENTRY_MSR_LOAD_COUNT, 0);
	if (slot->merged.counters)
		controls_load_at_entry(VM_ENTRY_LOAD_IA32_PERF_GLOBAL_CTRL, false);
	if (slot->merged.cet_entry)
		controls_load_at_entry(VM_ENTRY_LOAD_CET_STATE, false);
}

static void rare_exit(struct nested *n, struct vmcs_slot *slot, u32 field)
{
	u32 reason = without_flags(field), basic = reason & VMX_EXIT_REASON_BASIC_MASK;
	bool stopped = unlikely(slot->own_timer) && end_stop(n, slot, reason), own;

	forget_overrides(slot, reason & VMX_EXIT_REASON_FAILED_VMENTRY);
	note_entry(n, slot, reason);
	n->launch = false;
	own = stopped || own_exit(n, &reason);
	n->entry_reason = 0;
	if (own) {
		if (unlikely(slot->merged.rare_entry))
			load_nothing_again(slot);
		stats(n)->l2_own[reason_counter(basic)]++;
		tell_bus_lock(n, field);
		return;
	}
	exit_reflect(n, with_flags(slot, reason, field ^ without_flags(field)));
}

/*
 * Exits that are never Nestor's own, and for which neither a failed entry nor an NMI is the cause.
 */
static inline bool is_plain(u32 reason)
{
	const u64 special = BIT_ULL(EXIT_REASON_EXCEPTION_NMI) | BIT_ULL(EXIT_REASON_VMREAD) |
			    BIT_ULL(EXIT_REASON_VMWRITE) | BIT_ULL(EXIT_REASON_EPT_VIOLATION) |
			    BIT_ULL(EXIT_REASON_VMFUNC);

	return reason < 64 && !(special >> reason & 1);
}

void exit_from_l2(struct nested *n, u32 reason)
{
	struct vmcs_slot *slot = n->current;

	m_expect_current(slot->vmcs02);
	if (likely(!slot->unusual && is_plain(reason)))
		reflect_usual(n, slot, reason);
	else
		rare_exit(n, slot, reason);
}
