// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMCS02's controls are VMCS12's, but for those that Nestor forces or replaces.
 *
 * These are forced on: a 64-bit host, EPT, and the switching of the debug registers, EFER and PAT,
 * whose values for L1 are software's (load_guest_values(), save_guest_values()).
 *
 * These are forced off: what would load PERF_GLOBAL_CTRL or CET state at an exit or entry that L1
 * does not see; what would load PKRS at an exit (an entry that L1 does not see loads what the exit
 * before it has saved); saving PERF_GLOBAL_CTRL, which software does at the exits that L1 sees; the
 * processor's VMCS shadowing, because L1's shadow VMCS is in Nestor's format; EPTP switching, #VE
 * and page-modification logging by the processor, because EPT02 is not EPT12. The table of sub-page
 * write permissions is Nestor's, as EPT02 is.
 */
#include "arch/vmx.h"
#include "ept/ept02.h"
#include "machine/contract.h"
#include "run/merge.h"

#define EXIT_FORCED                                                                            \
	(VM_EXIT_HOST_ADDR_SPACE_SIZE | VM_EXIT_SAVE_DEBUG_CONTROLS | VM_EXIT_SAVE_IA32_EFER | \
	 VM_EXIT_LOAD_IA32_EFER | VM_EXIT_SAVE_IA32_PAT | VM_EXIT_LOAD_IA32_PAT)
#define ENTRY_FORCED \
	(VM_ENTRY_LOAD_DEBUG_CONTROLS | VM_ENTRY_LOAD_IA32_EFER | VM_ENTRY_LOAD_IA32_PAT)
#define PROC2_REPLACED \
	(SECONDARY_EXEC_SHADOW_VMCS | SECONDARY_EXEC_EPT_VIOLATION_VE | SECONDARY_EXEC_ENABLE_PML)

static u32 merge_proc2(const struct vmcs_slot *slot)
{
	u32 proc2 = 0;

	if (SOFT(slot, CPU_BASED_VM_EXEC_CONTROL) & CPU_BASED_ACTIVATE_SECONDARY_CONTROLS)
		proc2 = SOFT(slot, SECONDARY_VM_EXEC_CONTROL);
	return (proc2 & ~PROC2_REPLACED) | SECONDARY_EXEC_ENABLE_EPT;
}

/*
 * The VM-exit controls that clear an MSR which no VM entry loads again. An exit that L1 does not
 * see must not do that.
 */
static u32 cleared_for_good(const struct vmcs_slot *slot)
{
	static const struct {
		u32 clear;
		u32 load;
	} pairs[] = {
		{ VM_EXIT_CLEAR_BNDCFGS, VM_ENTRY_LOAD_BNDCFGS },
		{ VM_EXIT_CLEAR_IA32_RTIT_CTL, VM_ENTRY_LOAD_IA32_RTIT_CTL },
		{ VM_EXIT_CLEAR_IA32_LBR_CTL, VM_ENTRY_LOAD_IA32_LBR_CTL },
		{ VM_EXIT_CLEAR_UINV, VM_ENTRY_LOAD_UINV },
	};
	u32 exit = SOFT(slot, VM_EXIT_CONTROLS), entry = SOFT(slot, VM_ENTRY_CONTROLS), bits = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		if (!(entry & pairs[i].load))
			bits |= exit & pairs[i].clear;
	}
	return bits;
}

static u32 merge_exit(const struct nested *n, const struct vmcs_slot *slot)
{
	u32 exit = (SOFT(slot, VM_EXIT_CONTROLS) &
		    ~(VM_EXIT_LOAD_IA32_PERF_GLOBAL_CTRL | VM_EXIT_SAVE_IA32_PERF_GLOBAL_CTRL |
		      VM_EXIT_LOAD_CET_STATE | VM_EXIT_LOAD_IA32_PKRS | cleared_for_good(slot))) |
		   EXIT_FORCED;

	/* After an exit that L1 does not see the timer goes on where it was. */
	if ((SOFT(slot, PIN_BASED_VM_EXEC_CONTROL) & PIN_BASED_VMX_PREEMPTION_TIMER) &&
	    (n->caps->exit.allowed1 & VM_EXIT_SAVE_VMX_PREEMPTION_TIMER))
		exit |= VM_EXIT_SAVE_VMX_PREEMPTION_TIMER;
	return exit;
}

static void note_meaning(struct vmcs_slot *slot)
{
	u32 pin = SOFT(slot, PIN_BASED_VM_EXEC_CONTROL), entry = SOFT(slot, VM_ENTRY_CONTROLS);

	slot->merged = (struct merged){
		.flush_l1 = !slot_uses_secondary(slot, SECONDARY_EXEC_ENABLE_VPID),
		.timer = pin & PIN_BASED_VMX_PREEMPTION_TIMER,
		.lists = SOFT(slot, VM_EXIT_MSR_STORE_COUNT) ||
			 SOFT(slot, VM_EXIT_MSR_LOAD_COUNT) || SOFT(slot, VM_ENTRY_MSR_LOAD_COUNT),
		.unrestricted = slot_uses_secondary(slot, SECONDARY_EXEC_UNRESTRICTED_GUEST),
		.nmi_blocking = !(pin & PIN_BASED_VIRTUAL_NMIS),
		.pdptes = !slot_uses_secondary(slot, SECONDARY_EXEC_ENABLE_EPT),
		.from_l1 = (entry & ENTRY_FORCED) != ENTRY_FORCED,
		.counters = entry & VM_ENTRY_LOAD_IA32_PERF_GLOBAL_CTRL,
		.cleared = cleared_for_good(slot),
		.cet = SOFT(slot, VM_EXIT_CONTROLS) & VM_EXIT_LOAD_CET_STATE,
		.cet_entry = entry & VM_ENTRY_LOAD_CET_STATE,
	};
	slot->merged.link = SOFT(slot, VMCS_LINK_POINTER) != VMX_NO_VMCS;
	slot->merged.rare_entry = slot_uses_secondary(slot, SECONDARY_EXEC_SHADOW_VMCS) ||
				  slot->merged.flush_l1 || slot->merged.lists ||
				  slot->merged.pdptes || slot->merged.link ||
				  slot->merged.counters || slot->merged.cleared ||
				  slot->merged.cet || slot->merged.cet_entry;
	m_vmwrite(VMCS_LINK_POINTER, VMX_NO_VMCS);
	m_vmwrite(VM_ENTRY_MSR_LOAD_COUNT, 0);
}

void merge_controls(struct nested *n, struct vmcs_slot *slot)
{
	u32 entry = SOFT(slot, VM_ENTRY_CONTROLS) & ~VM_ENTRY_LOAD_IA32_PERF_GLOBAL_CTRL;

	m_expect_current(slot->vmcs02);
	m_vmwrite(PIN_BASED_VM_EXEC_CONTROL, SOFT(slot, PIN_BASED_VM_EXEC_CONTROL));
	m_vmwrite(CPU_BASED_VM_EXEC_CONTROL,
		  SOFT(slot, CPU_BASED_VM_EXEC_CONTROL) | CPU_BASED_ACTIVATE_SECONDARY_CONTROLS);
	m_vmwrite(SECONDARY_VM_EXEC_CONTROL, merge_proc2(slot));
	if (SOFT(slot, CPU_BASED_VM_EXEC_CONTROL) & CPU_BASED_ACTIVATE_TERTIARY_CONTROLS)
		m_vmwrite(TERTIARY_VM_EXEC_CONTROL, SOFT(slot, TERTIARY_VM_EXEC_CONTROL));
	m_vmwrite(VM_EXIT_CONTROLS, merge_exit(n, slot));
	m_vmwrite(VM_ENTRY_CONTROLS, entry | ENTRY_FORCED);
	if (field_exists(n, FI_VIRTUAL_PROCESSOR_ID))
		m_vmwrite(VIRTUAL_PROCESSOR_ID, SOFT(slot, VIRTUAL_PROCESSOR_ID));
	m_vmwrite(EPT_POINTER, ept02_choose(n, slot));
	note_meaning(slot);
}
