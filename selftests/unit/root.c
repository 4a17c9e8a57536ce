// SPDX-License-Identifier: GPL-2.0-only
/*
 * The part of root that stands between L1 and L2 and nested/: what comes after nested/ has answered an
 * exit, up to and with the VM entry.
 */
#include <string.h>

#include "broken.h"
#include "model_entry.h"
#include "processor.h"
#include "promises.h"
#include "ram.h"
#include "root.h"
#include "vmcs01.h"
#include "l2.h"
#include "arch/msr.h"
#include "arch/vmx.h"
#include "arch/x86.h"
#include "arch/reasons.h"
#include "decode/fields.h"

struct nested nested;
struct root_shared shared;
u64 gpr[NR_GPRS];

/* L1's VMLAUNCH or VMRESUME has ended in an exit. */
static bool got_exit;

/* What will be noted in the window before the next VM entry. */
static struct {
	bool nmi;
	bool mc;
} window;

static struct {
	bool armed;
	u32 reason;
	u64 qualification;
} refusal;

void root_begin(void)
{
	memset(&refusal, 0, sizeof(refusal));
	memset(&window, 0, sizeof(window));
	memset(&nested, 0, sizeof(nested));
	memset(&shared, 0, sizeof(shared));
	memset(gpr, 0, sizeof(gpr));
	promises_begin();
}

/* What the processor does with VMCS02 before it can say more than yes or no. */
static void check_vmcs02(void)
{
	enum field_index field = vmcs01_host_differs(nested.probing);

	if (processor.current->region != nested.current->vmcs02)
		broken("L2 is about to run on %#llx", processor.current->region);
	if (processor.current->launched == nested.launch)
		broken("VM%s of a VMCS02 that is %s", nested.launch ? "LAUNCH" : "RESUME",
		       processor.current->launched ? "launched" : "clear");
	if (field != NR_FIELDS)
		broken("root's host state is gone: %s is %#llx", field_name(field),
		       hw_state(field));
	if (processor.has[FI_SECONDARY_VM_EXEC_CONTROL] &&
	    (hw_state(FI_SECONDARY_VM_EXEC_CONTROL) & SECONDARY_EXEC_ENABLE_PML))
		broken("VMCS02 logs pages");
	if (hw_state(FI_VM_EXIT_CONTROLS) & VM_EXIT_LOAD_CET_STATE)
		broken("exits of VMCS02 load the CET state of root, which has none");
	if (hw_state(FI_VM_EXIT_CONTROLS) & VM_EXIT_LOAD_IA32_PKRS)
		broken("exits of VMCS02 load IA32_PKRS of root, which has none");
	if (hw_state(FI_VM_EXIT_MSR_LOAD_COUNT) || hw_state(FI_VM_EXIT_MSR_STORE_COUNT))
		broken("VMCS02 has VM-exit MSR lists");
	if (ram_hidden(hw_state(FI_EPT_POINTER)) != true)
		broken("L2 is about to run on EPT tables at %#llx", hw_state(FI_EPT_POINTER));
	model_check_pages(processor.current->field);
}

static void run_entry_list(struct l2_exit *exit)
{
	u64 at = hw_state(FI_VM_ENTRY_MSR_LOAD_ADDR);
	u32 count = hw_state(FI_VM_ENTRY_MSR_LOAD_COUNT), i, index;

	for (i = 0; i < count; i++, at += 16) {
		if (!ram_at(at) || !ram_at(at + 8))
			index = 0xffffffff;
		else
			index = ram_get32(at);
		if (index == 0xffffffff || !hw_wrmsr(index, ram_get64(at + 8))) {
			*exit = (struct l2_exit){
				.reason = EXIT_REASON_MSR_LOAD_FAIL |
					  VMX_EXIT_REASON_FAILED_VMENTRY,
				.qualification = i + 1,
			};
			return;
		}
	}
}

/* Root's last steps and the processor's first: true if L2 runs. */
static bool try_entry(void)
{
	struct model_entry verdict;
	struct l2_exit failure = {};

	check_vmcs02();
	check_counters();
	verdict = model_entry(processor.current->field, &processor_caps, processor.current->region,
			      true);
	if (refusal.armed && refusal.reason < 32 && !verdict.error) {
		verdict.error = refusal.reason;
		refusal.armed = false;
	}
	if (verdict.error) {
		processor.current->field[FI_VM_INSTRUCTION_ERROR] = verdict.error;
		refused_entry(&nested, X86_EFLAGS_ZF);
		return false;
	}
	failure.reason = verdict.exit_reason;
	failure.qualification = verdict.qualification;
	if (!failure.reason && refusal.armed) {
		failure.reason = refusal.reason | VMX_EXIT_REASON_FAILED_VMENTRY;
		failure.qualification = refusal.qualification;
	}
	refusal.armed = false;
	if (!failure.reason)
		hw_load_kept();
	if (!failure.reason &&
	    (hw_state(FI_VM_ENTRY_CONTROLS) & VM_ENTRY_LOAD_IA32_PERF_GLOBAL_CTRL))
		hw_wrmsr(MSR_CORE_PERF_GLOBAL_CTRL, hw_state(FI_GUEST_IA32_PERF_GLOBAL_CTRL));
	if (!failure.reason)
		run_entry_list(&failure);
	if (failure.reason) {
		processor.current->field[FI_VM_EXIT_REASON] = failure.reason;
		processor.current->field[FI_EXIT_QUALIFICATION] = failure.qualification;
		exit_from_l2(&nested, failure.reason);
		got_exit = !nested.in_l2;
		if (nested.pending && !nested.nmi_window)
			events_deliver(&nested);
		return nested.in_l2 && try_entry();
	}
	processor.current->launched = true;
	nested.launch = false;
	return true;
}

void l2_refuse(u32 reason, u64 qualification)
{
	refusal.armed = true;
	refusal.reason = reason;
	refusal.qualification = qualification;
}

/* Does what dispatch_noted() of root does, right before VM entry. */
static void deliver_noted(void)
{
	if (window.nmi)
		events_note_nmi(&nested);
	if (window.mc)
		nested.mc_pending = true;
	if (window.nmi || window.mc)
		events_deliver(&nested);
	window.nmi = false;
	window.mc = false;
}

bool root_resume(void)
{
	bool in_l2 = nested.in_l2;

	got_exit = false;

	if (nested.pending && !nested.nmi_window)
		events_deliver(&nested);
	deliver_noted();
	if (in_l2 && !nested.in_l2)
		got_exit = true;
	if (nested.in_l2)
		try_entry();
	check_promises();
	if (!nested.in_l2)
		hw_load_kept();
	return got_exit;
}

void l1_note_nmi(void)
{
	window.nmi = true;
	deliver_noted();
}

void l1_note_mc(void)
{
	window.mc = true;
	deliver_noted();
}

void l1_note_in_window(bool nmi, bool mc)
{
	window.nmi = nmi;
	window.mc = mc;
}
