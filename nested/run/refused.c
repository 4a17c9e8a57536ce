// SPDX-License-Identifier: GPL-2.0-only
/* VM entries to L2 that the processor has refused, and those that are taken back. */
#include "arch/errors.h"
#include "arch/reasons.h"
#include "arch/x86.h"
#include "l1/guest.h"
#include "machine/contract.h"
#include "report.h"
#include "run/entry.h"
#include "run/exit.h"
#include "run/pdptes.h"
#include "run/refused.h"
#include "run/result.h"
#include "run/stop.h"
#include "vmcs/overlay.h"

/*
 * The check for which the processor refused VMCS02. The host state of VMCS02 is wrong on purpose if
 * that of VMCS12 is, which @probing says.
 */
static enum entry_check refused_for(u64 error, enum entry_check probing)
{
	if (error == VMXERR_ENTRY_INVALID_CONTROL_FIELD)
		return CHECK_HW_CONTROLS;
	if (error == VMXERR_ENTRY_INVALID_HOST_STATE_FIELD)
		return probing ? probing : CHECK_HW_HOST;
	return CHECK_HW_OTHER;
}

/*
 * Does the processor look at memory when it checks the controls? It refuses a TPR threshold above
 * VTPR, unless there is virtual-interrupt delivery or APIC accesses are virtualized (SDM
 * "VM-Execution Control Fields"). VTPR is in a page of L1's, where L2 or another CPU may have
 * lowered it since L1's own entry.
 */
static bool threshold_checked(const struct vmcs_slot *slot)
{
	return (SOFT(slot, CPU_BASED_VM_EXEC_CONTROL) & CPU_BASED_TPR_SHADOW) &&
	       !slot_uses_secondary(slot, SECONDARY_EXEC_VIRTUAL_INTR_DELIVERY |
						  SECONDARY_EXEC_VIRTUALIZE_APIC_ACCESSES) &&
	       (m_vmread(TPR_THRESHOLD) & TPR_THRESHOLD_MASK);
}

/*
 * The processor refuses to go on with L2 after an exit of Nestor's own. L2 cannot go on, so L1 gets
 * a triple fault of it.
 */
static void own_entry_refused(struct nested *n)
{
	stop_end(n, n->current);
	overlay_set(n->current, FI_VM_EXIT_REASON, EXIT_REASON_TRIPLE_FAULT);
	overlay_set(n->current, FI_EXIT_QUALIFICATION, 0);
	overlay_set(n->current, FI_VM_EXIT_INTR_INFO, 0);
	overlay_set(n->current, FI_IDT_VECTORING_INFO_FIELD, 0);
	exit_reflect(n, EXIT_REASON_TRIPLE_FAULT);
}

void refused_take_back(struct nested *n)
{
	m_expect_current(n->current->vmcs02);
	if (n->probing)
		m_vmwrite(HOST_TR_SELECTOR, n->root_tr);
	n->probing = CHECK_PASSED;
	stop_end(n, n->current);
	set_in_l2(n, false);
	n->launch = false;
	pdptes_restore(n->current);
	m_vmptrld(n->vmcs01);
	guest_retry();
}

/* What is wrong with VMCS02 is wrong with VMCS12, so L1's instruction fails with the same error. */
void refused_entry(struct nested *n, u64 rflags)
{
	enum entry_check check;
	u64 error;

	m_expect_current(n->current->vmcs02);
	error = m_vmread(VM_INSTRUCTION_ERROR);
	/* VMCS02 is as it was, so VTPR is not: L1 hears of that as it does where it is not checked. */
	if (!n->entry_reason && error == VMXERR_ENTRY_INVALID_CONTROL_FIELD &&
	    threshold_checked(n->current)) {
		exit_instead(n, EXIT_REASON_TPR_BELOW_THRESHOLD, 0);
		return;
	}
	check = refused_for(error, n->probing);
	if ((rflags & X86_EFLAGS_CF) || !n->entry_reason ||
	    (!n->probing && error != VMXERR_ENTRY_INVALID_CONTROL_FIELD)) {
		stats(n)->bugs++;
		report_event(n, EVENT_HW_REFUSED, error, n->current->address, rflags,
			     n->entry_reason);
	}
	if (!n->entry_reason) {
		own_entry_refused(n);
		return;
	}
	refused_take_back(n);
	result_refuse(n, error, check);
}
