// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMLAUNCH and VMRESUME of L1.
 *
 * Nearly all of VMCS12 is in VMCS02 already. An entry copies what L1 may have written without an
 * exit, merges controls if one of them has changed, loads the few values that software switches,
 * and lets the processor check the rest: if it refuses VMCS02, L1 gets that refusal.
 */
#include "arch/checks.h"
#include "arch/errors.h"
#include "arch/msr.h"
#include "arch/reasons.h"
#include "arch/vmx.h"
#include "arch/x86.h"
#include "ept/ept02.h"
#include "ept/violation.h"
#include "l1/l1state.h"
#include "machine/contract.h"
#include "run/checks.h"
#include "run/entry.h"
#include "run/merge.h"
#include "run/pdptes.h"
#include "run/result.h"
#include "vmcs/cet.h"
#include "vmcs/controls.h"
#include "vmcs/shadow.h"

/*
 * The EFER of an L2 whose entry does not load EFER (SDM "Loading Guest Control Registers, Debug
 * Registers, and MSRs"): LMA follows the mode, and so does LME if L2 has paging on, else LME does
 * not change.
 */
static u64 efer_for_l2(const struct vmcs_slot *slot, u64 l1_efer)
{
	u64 efer = l1_efer & ~EFER_LMA;

	if (SOFT(slot, VM_ENTRY_CONTROLS) & VM_ENTRY_IA32E_MODE)
		return efer | EFER_LMA | EFER_LME;
	return m_vmread(GUEST_CR0) & X86_CR0_PG ? efer & ~EFER_LME : efer;
}

/* Load the values that L2 inherits from L1; VMCS01 is current for a moment. */
static void inherit_values(struct nested *n, struct vmcs_slot *slot, u64 l1_efer)
{
	u32 entry = SOFT(slot, VM_ENTRY_CONTROLS);
	u64 pat, debugctl, dr7;

	m_vmptrld(n->vmcs01);
	pat = m_vmread(GUEST_IA32_PAT);
	debugctl = m_vmread(GUEST_IA32_DEBUGCTL);
	dr7 = m_vmread(GUEST_DR7);
	m_vmptrld(slot->vmcs02);
	if (!(entry & VM_ENTRY_LOAD_IA32_EFER))
		m_vmwrite(GUEST_IA32_EFER, efer_for_l2(slot, l1_efer));
	if (!(entry & VM_ENTRY_LOAD_IA32_PAT))
		m_vmwrite(GUEST_IA32_PAT, pat);
	if (!(entry & VM_ENTRY_LOAD_DEBUG_CONTROLS)) {
		m_vmwrite(GUEST_DR7, dr7);
		m_vmwrite(GUEST_IA32_DEBUGCTL, debugctl);
	}
}

/* Write VMCS12's values of the fields that exits save, and entries load, for Nestor's sake. */
static void load_guest_values(const struct vmcs_slot *slot)
{
	m_vmwrite(GUEST_IA32_EFER, SOFT(slot, GUEST_IA32_EFER));
	m_vmwrite(GUEST_IA32_PAT, SOFT(slot, GUEST_IA32_PAT));
	m_vmwrite(GUEST_DR7, SOFT(slot, GUEST_DR7));
	m_vmwrite(GUEST_IA32_DEBUGCTL, SOFT(slot, GUEST_IA32_DEBUGCTL));
	if (slot->merged.timer)
		m_vmwrite(VMX_PREEMPTION_TIMER_VALUE, SOFT(slot, VMX_PREEMPTION_TIMER_VALUE));
}

/* Merge the controls. If exits of this VMCS load no CET state, VMCS01's entries must not do so. */
static void merge(struct nested *n, struct vmcs_slot *slot)
{
	merge_controls(n, slot);
	if (likely(!n->loads_cet) || slot->merged.cet)
		return;
	m_vmptrld(n->vmcs01);
	cet_keep(n);
	m_vmptrld(slot->vmcs02);
}

/*
 * Merge what has changed. A wrong host state is error 8 only if the processor finds nothing wrong
 * with the controls, which come first. So VMCS02 gets a host state that the processor must refuse
 * too, and L1 gets the error that it gives. Returns false if the entry has failed already.
 */
static bool prepare(struct nested *n, struct vmcs_slot *slot, u64 l1_efer)
{
	enum entry_check check;

	if (slot->dirty == DIRTY_EPT) {
		m_vmwrite(EPT_POINTER, ept02_choose(n, slot));
		return true;
	}
	check = slot->dirty & DIRTY_CONTROLS ? check_controls(n, slot) : CHECK_PASSED;
	if (check) {
		m_vmptrld(n->vmcs01);
		result_refuse(n, VMXERR_ENTRY_INVALID_CONTROL_FIELD, check);
		return false;
	}
	if (slot->dirty & DIRTY_CONTROLS)
		merge(n, slot);
	else if (slot->dirty & DIRTY_EPT)
		m_vmwrite(EPT_POINTER, ept02_choose(n, slot));
	slot->dirty = 0;
	n->probing = check_host(n, slot, l1_efer & EFER_LMA);
	if (n->probing) {
		slot->dirty = DIRTY_HOST;
		m_vmwrite(HOST_TR_SELECTOR, 0);
	}
	controls_note_usual(n, slot);
	return true;
}

/*
 * The processor checks the guest state in its own order. So where VMCS12's link pointer is wrong
 * VMCS02 gets one that is wrong too.
 */
static void prepare_link(struct nested *n, struct vmcs_slot *slot)
{
	n->link_check = check_link(n, slot);
	m_vmwrite(VMCS_LINK_POINTER, n->link_check ? 1 : VMX_NO_VMCS);
}

/*
 * Prepare what few entries have: VMLAUNCH, values that L2 inherits from L1, no VPID, no EPT12, a
 * link pointer, an MSR list. The processor loads L1's list, IA32_PERF_GLOBAL_CTRL and CET state
 * itself, because it does so after its checks of the guest state; entries that follow an exit of
 * Nestor's own load none of them.
 */
static NOINLINE void prepare_rare(struct nested *n, struct vmcs_slot *slot, u64 efer)
{
	n->launch = !slot->launched02;
	if (slot->merged.from_l1)
		inherit_values(n, slot, efer);
	if (slot->merged.flush_l1)
		l1state_flush(n);
	if (slot->merged.pdptes)
		pdptes_load(slot);
	if (slot->merged.link)
		prepare_link(n, slot);
	if (slot->merged.counters) {
		m_vmwrite(GUEST_IA32_PERF_GLOBAL_CTRL, SOFT(slot, GUEST_IA32_PERF_GLOBAL_CTRL));
		controls_load_at_entry(VM_ENTRY_LOAD_IA32_PERF_GLOBAL_CTRL, true);
	}
	if (slot->merged.cet_entry)
		controls_load_at_entry(VM_ENTRY_LOAD_CET_STATE, true);
	if (SOFT(slot, VM_ENTRY_MSR_LOAD_COUNT)) {
		m_vmwrite(VM_ENTRY_MSR_LOAD_ADDR, SOFT(slot, VM_ENTRY_MSR_LOAD_ADDR));
		m_vmwrite(VM_ENTRY_MSR_LOAD_COUNT, SOFT(slot, VM_ENTRY_MSR_LOAD_COUNT));
	}
}

void entry_enter(struct nested *n, struct vmcs_slot *slot, u64 efer)
{
	m_expect_current(n->vmcs01);
	shadow_to_slot(n, slot);
	if (unlikely(slot->dirty) && !prepare(n, slot, efer))
		return;
	if (n->awaited)
		violation_fill_awaited(n, slot);
	load_guest_values(slot);
	set_in_l2(n, true);
	if (unlikely(slot->rare))
		prepare_rare(n, slot, efer);
}

/* SDM "Basic VM-Entry Checks" */
void entry_vmentry(struct nested *n, u32 reason, u64 efer)
{
	struct vmcs_slot *slot = n->current;

	m_expect_current(n->vmcs01);
	n->entry_reason = reason;
	if (!slot)
		result_refuse(n, 0, CHECK_NO_CURRENT);
	else if (slot->is_shadow)
		result_refuse(n, 0, CHECK_SHADOW);
	else if (m_vmread(GUEST_INTERRUPTIBILITY_INFO) & GUEST_INTR_STATE_MOV_SS)
		result_refuse(n, VMXERR_ENTRY_EVENTS_BLOCKED_BY_MOV_SS, CHECK_MOV_SS);
	else if (reason == EXIT_REASON_VMLAUNCH && slot->launched)
		result_refuse(n, VMXERR_VMLAUNCH_NONCLEAR_VMCS, CHECK_NOT_CLEAR);
	else if (reason == EXIT_REASON_VMRESUME && !slot->launched)
		result_refuse(n, VMXERR_VMRESUME_NONLAUNCHED_VMCS, CHECK_NOT_LAUNCHED);
	else
		entry_enter(n, slot, efer);
}
