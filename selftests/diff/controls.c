// SPDX-License-Identifier: GPL-2.0-only
/*
 * Controls that a random program may have, all of them valid.
 */
#include <string.h>

#include "caps.h"
#include "controls.h"
#include "random.h"
#include "arch/vmx.h"

void controls_choose(struct draft *to)
{
	static const char *const useful[] = {
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_USE_MSR_BITMAPS",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_USE_IO_BITMAPS",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_UNCOND_IO_EXITING",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_MOV_DR_EXITING",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_CR3_LOAD_EXITING|CPU_BASED_CR3_STORE_EXITING",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_INVLPG_EXITING",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_RDTSC_EXITING",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_RDPMC_EXITING",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_MWAIT_EXITING|CPU_BASED_MONITOR_EXITING",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_PAUSE_EXITING",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_MONITOR_TRAP_FLAG",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_INTR_WINDOW_EXITING",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_TPR_SHADOW",
		"PIN_BASED_VM_EXEC_CONTROL PIN_BASED_NMI_EXITING",
		"PIN_BASED_VM_EXEC_CONTROL PIN_BASED_NMI_EXITING|PIN_BASED_VIRTUAL_NMIS",
		"SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_DESC",
		"SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_ENABLE_RDTSCP",
		"SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_ENABLE_INVPCID",
		"SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_WBINVD_EXITING",
		"SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_RDRAND_EXITING|SECONDARY_EXEC_RDSEED_EXITING",
		"SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_ENABLE_VMFUNC",
		"VM_EXIT_CONTROLS VM_EXIT_ACK_INTR_ON_EXIT",
		"VM_EXIT_CONTROLS VM_EXIT_SAVE_IA32_EFER|VM_EXIT_LOAD_IA32_EFER",
		"VM_EXIT_CONTROLS VM_EXIT_SAVE_IA32_PAT|VM_EXIT_LOAD_IA32_PAT",
		"VM_EXIT_CONTROLS VM_EXIT_SAVE_VMX_PREEMPTION_TIMER",
		"VM_ENTRY_CONTROLS VM_ENTRY_LOAD_IA32_EFER",
		"VM_ENTRY_CONTROLS VM_ENTRY_LOAD_IA32_PAT",
		"VM_ENTRY_CONTROLS VM_ENTRY_LOAD_DEBUG_CONTROLS",
		"VM_ENTRY_CONTROLS VM_ENTRY_LOAD_IA32_PERF_GLOBAL_CTRL",
	};
	u32 i, nr = random_below(5);

	for (i = 0; i < nr; i++) {
		const char *control = PICK(useful);

		draft_line(to, "or %s", control);
		if (!strncmp(control, "SECONDARY", 9))
			draft_line(to, "or CPU_BASED_VM_EXEC_CONTROL 0x80000000");
	}
	if (random_chance(20))
		draft_line(to, "set EXCEPTION_BITMAP %#llx",
			   random_chance(50) ? random_next() & 0xffffffff : 0xffffffff);
}

/*
 * CET state of guest and host, where the processor has it: programs for others stay the same. Values that
 * are valid for the most part, and do nothing to a host while its CR4.CET is clear.
 */
void controls_choose_cet(struct draft *to)
{
	static const char *const fields[] = {
		"GUEST_S_CET", "GUEST_SSP", "GUEST_INTR_SSP_TABLE", "HOST_S_CET", "HOST_SSP",
		"HOST_INTR_SSP_TABLE", "GUEST_CR4",
	};

	if (!(caps.exit1 & VM_EXIT_LOAD_CET_STATE) || random_chance(50))
		return;
	if (random_chance(60)) {
		draft_line(to, "or VM_ENTRY_CONTROLS VM_ENTRY_LOAD_CET_STATE");
		draft_line(to, "set GUEST_S_CET %#llx", random_next() & 0x7ffff43f);
		draft_line(to, "set GUEST_SSP %#llx", random_next() & 0x7ffffffc);
		draft_line(to, "set GUEST_INTR_SSP_TABLE %#llx", random_next() & 0x7fffffffffff);
	}
	if (random_chance(60)) {
		draft_line(to, "or VM_EXIT_CONTROLS VM_EXIT_LOAD_CET_STATE");
		draft_line(to, "set HOST_S_CET %#llx", random_next() & 0x7fffffff0022);
		draft_line(to, "set HOST_SSP %#llx", random_next() & 0x7ffffffffffc);
		draft_line(to, "set HOST_INTR_SSP_TABLE %#llx", random_next() & 0x7fffffffffff);
	}
	if (random_chance(20))
		draft_line(to, "xor %s %#llx", PICK(fields), 1ull << random_below(64));
}
