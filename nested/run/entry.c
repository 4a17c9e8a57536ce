// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMLAUNCH and VMRESUME of L1.
 *
 * Nearly all of VMCS12 is in VMCS02 already. An entry copies what L1 may have written without an
 * exit, merges controls if one of them changed, loads the few values that software switches, and
 * lets the processor check the rest: its refusal is L1's.
 */
#include "arch/checks.h"
#include "arch/errors.h"
#include "machine/contract.h"
#include "nested.h"
#include "arch/reasons.h"

/*
 * SDM "Loading Guest Control Registers, Debug Registers, and MSRs": without the control LMA follows the
 * mode, and LME does if L2 has paging on; else LME is unmodified.
 */
static u64 efer_for_l2(const struct vmcs_slot *slot, u64 l1_efer)
{
	u64 efer = l1_efer & ~EFER_LMA;

	if (SOFT(slot, VM_ENTRY_CONTROLS) & VM_ENTRY_IA32E_MODE)
		return efer | EFER_LMA | EFER_LME;
	return m_vmread(GUEST_CR0) & X86_CR0_PG ? efer & ~EFER_LME : efer;
}

/* The values that VMCS12 lets L2 inherit from L1: VMCS01 becomes current for a moment. */
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

/* Exits save these for Nestor's sake, so L1's values are written anew. */
static void load_guest_values(const struct vmcs_slot *slot)
{
	m_vmwrite(GUEST_IA32_EFER, SOFT(slot, GUEST_IA32_EFER));
	m_vmwrite(GUEST_IA32_PAT, SOFT(slot, GUEST_IA32_PAT));
	m_vmwrite(GUEST_DR7, SOFT(slot, GUEST_DR7));
	m_vmwrite(GUEST_IA32_DEBUGCTL, SOFT(slot, GUEST_IA32_DEBUGCTL));
	if (slot->merged.timer)
		m_vmwrite(VMX_PREEMPTION_TIMER_VALUE, SOFT(slot, VMX_PREEMPTION_TIMER_VALUE));
}

static bool uses_pae_paging(const struct vmcs_slot *slot)
{
	return (m_vmread(GUEST_CR0) & X86_CR0_PG) && (m_vmread(GUEST_CR4) & X86_CR4_PAE) &&
	       !(SOFT(slot, VM_ENTRY_CONTROLS) & VM_ENTRY_IA32E_MODE);
}

/* Without EPT12 the PDPTEs are in memory at CR3; with EPT02 they must be in VMCS02. */
static void load_pdptes(struct vmcs_slot *slot)
{
	u64 pdpte[4], cr3;
	unsigned int i;

	if (!uses_pae_paging(slot))
		return;
	cr3 = m_vmread(GUEST_CR3) & ~31ull & 0xffffffff;
	m_phys_read(cr3, pdpte, sizeof(pdpte));
	for (i = 0; i < 4; i++) {
		slot->value[FI_GUEST_PDPTR0 + i] = m_vmread(GUEST_PDPTR0 + 2 * i);
		m_vmwrite(GUEST_PDPTR0 + 2 * i, pdpte[i]);
	}
	slot->pdptes_loaded = true;
}

void restore_pdptes(struct vmcs_slot *slot)
{
	unsigned int i;

	if (!slot->pdptes_loaded)
		return;
	for (i = 0; i < 4; i++)
		m_vmwrite(GUEST_PDPTR0 + 2 * i, slot->value[FI_GUEST_PDPTR0 + i]);
	slot->pdptes_loaded = false;
}

/* VMCS01 is current. Error 0 is VMfailInvalid. */
static void refuse(struct nested *n, u32 error, enum entry_check check)
{
	u32 kind = n->entry_reason == EXIT_REASON_VMLAUNCH ? VMX_VMLAUNCH : VMX_VMRESUME;

	stats(n)->entry_checks[check]++;
	nested_event(n, EVENT_ENTRY_REFUSED, kind, error, check,
		     n->current ? n->current->address : VMX_NO_VMCS);
	if (error)
		vmx_fail_valid(n, n->entry_reason, error);
	else
		vmx_fail_invalid(n, n->entry_reason);
}

/* If exits do not load CET state any more, VMCS01's entries must not. */
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
 * Merge what changed. A wrong host state is an error 8 only if the processor finds nothing wrong
 * with the controls, which come first: VMCS02 gets a host state that it must refuse too, and its
 * answer is L1's.
 */
static bool prepare(struct nested *n, struct vmcs_slot *slot, u64 l1_efer)
{
	enum entry_check check;

	if (slot->dirty == DIRTY_EPT) {
		m_vmwrite(EPT_POINTER, ept02_use(n, slot));
		return true;
	}
	check = slot->dirty & DIRTY_CONTROLS ? check_controls(n, slot) : CHECK_PASSED;
	if (check) {
		m_vmptrld(n->vmcs01);
		refuse(n, VMXERR_ENTRY_INVALID_CONTROL_FIELD, check);
		return false;
	}
	if (slot->dirty & DIRTY_CONTROLS)
		merge(n, slot);
	else if (slot->dirty & DIRTY_EPT)
		m_vmwrite(EPT_POINTER, ept02_use(n, slot));
	slot->dirty = 0;
	n->probing = check_host(n, slot, l1_efer & EFER_LMA);
	if (n->probing) {
		slot->dirty = DIRTY_HOST;
		m_vmwrite(HOST_TR_SELECTOR, 0);
	}
	merge_note_usual(n, slot);
	return true;
}

/*
 * The processor makes its checks of the guest state in its own order: where VMCS12's link pointer is
 * wrong VMCS02 gets one that is wrong too.
 */
static void prepare_link(struct nested *n, struct vmcs_slot *slot)
{
	n->link_check = check_link(n, slot);
	m_vmwrite(VMCS_LINK_POINTER, n->link_check ? 1 : VMX_NO_VMCS);
}

void load_at_entry(u32 control, bool on)
{
	u64 entry = m_vmread(VM_ENTRY_CONTROLS) & ~(u64)control;

	m_vmwrite(VM_ENTRY_CONTROLS, entry | (on ? control : 0));
}

/*
 * What entries seldom have: VMLAUNCH, values of L1's that L2 inherits, no VPID, no EPT12, a link
 * pointer, an MSR list. The processor loads L1's list, IA32_PERF_GLOBAL_CTRL and CET state, after its
 * checks of the guest state as it must be; entries that follow an own exit have none of them.
 */
static void prepare_general(struct nested *n, struct vmcs_slot *slot, u64 efer)
{
	n->launch = !slot->launched02;
	if (slot->merged.from_l1)
		inherit_values(n, slot, efer);
	if (slot->merged.flush_l1)
		m_invvpid(VMX_VPID_EXTENT_SINGLE_CONTEXT, VPID_L1, 0);
	if (slot->merged.pdptes)
		load_pdptes(slot);
	if (slot->merged.link)
		prepare_link(n, slot);
	if (slot->merged.counters) {
		m_vmwrite(GUEST_IA32_PERF_GLOBAL_CTRL, SOFT(slot, GUEST_IA32_PERF_GLOBAL_CTRL));
		load_at_entry(VM_ENTRY_LOAD_IA32_PERF_GLOBAL_CTRL, true);
	}
	if (slot->merged.cet_entry)
		load_at_entry(VM_ENTRY_LOAD_CET_STATE, true);
	if (SOFT(slot, VM_ENTRY_MSR_LOAD_COUNT)) {
		m_vmwrite(VM_ENTRY_MSR_LOAD_ADDR, SOFT(slot, VM_ENTRY_MSR_LOAD_ADDR));
		m_vmwrite(VM_ENTRY_MSR_LOAD_COUNT, SOFT(slot, VM_ENTRY_MSR_LOAD_COUNT));
	}
}

static void enter(struct nested *n, struct vmcs_slot *slot, u64 efer)
{
	shadow_to_slot(n, slot);
	if (unlikely(slot->dirty) && !prepare(n, slot, efer))
		return;
	if (n->awaited)
		ept02_fill_awaited(n);
	load_guest_values(slot);
	stats(n)->entries++;
	slot->tracked->entries++;
	n->in_l2 = true;
	n->shared->in_l2 = 1;
	if (unlikely(slot->general))
		prepare_general(n, slot, efer);
}

/* SDM "Basic VM-Entry Checks" */
void nested_vmentry(struct nested *n, u32 reason, u64 efer)
{
	struct vmcs_slot *slot = n->current;

	n->entry_reason = reason;
	if (!slot)
		refuse(n, 0, CHECK_NO_CURRENT);
	else if (slot->is_shadow)
		refuse(n, 0, CHECK_SHADOW);
	else if (m_vmread(GUEST_INTERRUPTIBILITY_INFO) & GUEST_INTR_STATE_MOV_SS)
		refuse(n, VMXERR_ENTRY_EVENTS_BLOCKED_BY_MOV_SS, CHECK_MOV_SS);
	else if (reason == EXIT_REASON_VMLAUNCH && slot->launched)
		refuse(n, VMXERR_VMLAUNCH_NONCLEAR_VMCS, CHECK_NOT_CLEAR);
	else if (reason == EXIT_REASON_VMRESUME && !slot->launched)
		refuse(n, VMXERR_VMRESUME_NONLAUNCHED_VMCS, CHECK_NOT_LAUNCHED);
	else
		enter(n, slot, efer);
}

/*
 * In VMX operation CR0.PE is fixed, so 64-bit mode at CPL 0 leaves no #UD and no #GP. CS tells
 * both: CS.DPL is CPL unless the segment is conforming.
 */
static bool from_kernel(u64 cs_ar, u64 efer)
{
	const u32 mask = VMX_AR_L | VMX_AR_DB | VMX_AR_TYPE_CODE | VMX_AR_TYPE_CONFORMING |
			 3u << VMX_AR_DPL_SHIFT;

	return (efer & EFER_LMA) && (cs_ar & mask) == (VMX_AR_L | VMX_AR_TYPE_CODE);
}

/* SDM "Basic VM-Entry Checks": the first, and those of the launch state. */
static bool resumable(const struct vmcs_slot *slot)
{
	return slot->launched && !slot->is_shadow;
}

/* A slot that is not @general has been launched, so it is resumable. */
void nested_vmresume(struct nested *n)
{
	u64 cs_ar = m_vmread(GUEST_CS_AR_BYTES), efer = m_vmread(GUEST_IA32_EFER);
	u64 blocking = m_vmread(GUEST_INTERRUPTIBILITY_INFO) & GUEST_INTR_STATE_MOV_SS;
	struct vmcs_slot *slot = n->current;

	stats(n)->l1_exits[EXIT_REASON_VMRESUME]++;
	if (unlikely(!slot || (slot->general && !resumable(slot)) || blocking ||
		     !from_kernel(cs_ar, efer))) {
		nested_vmx_instruction(n, EXIT_REASON_VMRESUME);
		return;
	}
	n->entry_reason = EXIT_REASON_VMRESUME;
	enter(n, slot, efer);
}

/* Nestor went on with L2 after an own exit, and the processor will not have it: L2 cannot run on. */
static void own_entry_refused(struct nested *n)
{
	nested_end_stop(n, n->current);
	slot_override(n->current, FI_VM_EXIT_REASON, EXIT_REASON_TRIPLE_FAULT);
	slot_override(n->current, FI_EXIT_QUALIFICATION, 0);
	slot_override(n->current, FI_VM_EXIT_INTR_INFO, 0);
	slot_override(n->current, FI_IDT_VECTORING_INFO_FIELD, 0);
	nested_reflect(n, EXIT_REASON_TRIPLE_FAULT);
}

/* The processor refused VMCS02, which has a wrong host state if VMCS12 has one (@probing). */
static enum entry_check refused_for(u64 error, enum entry_check probing)
{
	if (error == VMXERR_ENTRY_INVALID_CONTROL_FIELD)
		return CHECK_HW_CONTROLS;
	if (error == VMXERR_ENTRY_INVALID_HOST_STATE_FIELD)
		return probing ? probing : CHECK_HW_HOST;
	return CHECK_HW_OTHER;
}

void nested_take_entry_back(struct nested *n)
{
	if (n->probing)
		m_vmwrite(HOST_TR_SELECTOR, n->root_tr);
	n->probing = CHECK_PASSED;
	nested_end_stop(n, n->current);
	slot_not_entered(n, n->current);
	n->in_l2 = false;
	n->shared->in_l2 = 0;
	n->launch = false;
	restore_pdptes(n->current);
	m_vmptrld(n->vmcs01);
}

/* VMfail from the processor: what is wrong with VMCS02 is wrong with VMCS12. */
void nested_entry_refused(struct nested *n, u64 rflags)
{
	u64 error = m_vmread(VM_INSTRUCTION_ERROR);
	enum entry_check check = refused_for(error, n->probing);

	if ((rflags & X86_EFLAGS_CF) || !n->entry_reason ||
	    (!n->probing && error != VMXERR_ENTRY_INVALID_CONTROL_FIELD)) {
		stats(n)->bugs++;
		nested_event(n, EVENT_HW_REFUSED, error, n->current->address, rflags,
			     n->entry_reason);
	}
	if (!n->entry_reason) {
		own_entry_refused(n);
		return;
	}
	nested_take_entry_back(n);
	refuse(n, error, check);
}
