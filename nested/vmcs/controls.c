// SPDX-License-Identifier: GPL-2.0-only
/*
 * Controls that change beside those of VMCS12, and whether they and the host state are the
 * usual ones.
 */
#include "arch/vmx.h"
#include "machine/contract.h"
#include "vmcs/controls.h"

void controls_load_at_entry(u32 control, bool on)
{
	u64 entry = m_vmread(VM_ENTRY_CONTROLS) & ~(u64)control;

	m_vmwrite(VM_ENTRY_CONTROLS, entry | (on ? control : 0));
}

#define USUAL_EXIT                                                                       \
	(VM_EXIT_HOST_ADDR_SPACE_SIZE | VM_EXIT_LOAD_IA32_EFER | VM_EXIT_LOAD_IA32_PAT | \
	 VM_EXIT_SAVE_DEBUG_CONTROLS)
#define UNUSUAL_EXIT                                                                           \
	(VM_EXIT_LOAD_IA32_PERF_GLOBAL_CTRL | VM_EXIT_SAVE_IA32_EFER | VM_EXIT_SAVE_IA32_PAT | \
	 VM_EXIT_SAVE_IA32_PERF_GLOBAL_CTRL | VM_EXIT_SAVE_VMX_PREEMPTION_TIMER |            \
	 VM_EXIT_LOAD_IA32_PKRS)

static bool usual_controls(const struct nested *n, const struct vmcs_slot *slot)
{
	u32 exit = SOFT(slot, VM_EXIT_CONTROLS);

	return n->shadowing && !slot->merged.rare_entry && !slot->merged.from_l1 &&
	       !slot->merged.nmi_blocking && (exit & USUAL_EXIT) == USUAL_EXIT &&
	       !(exit & UNUSUAL_EXIT);
}

/* The segments are as Linux has them: all data segments are null but the stack segment. */
static bool usual_host(const struct vmcs_slot *slot)
{
	return SOFT(slot, HOST_SS_SELECTOR) &&
	       !(SOFT(slot, HOST_DS_SELECTOR) | SOFT(slot, HOST_ES_SELECTOR) |
		 SOFT(slot, HOST_FS_SELECTOR) | SOFT(slot, HOST_GS_SELECTOR));
}

void controls_note_usual(const struct nested *n, struct vmcs_slot *slot)
{
	slot->merged.usual = !n->probing && usual_controls(n, slot) && usual_host(slot);
	slot->rare = !slot->merged.usual || !slot->launched02;
}
