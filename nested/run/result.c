// SPDX-License-Identifier: GPL-2.0-only
/* How a VMX instruction of L1 ends: flags, error number, counters. */
#include "arch/vmx.h"
#include "arch/x86.h"
#include "l1/guest.h"
#include "machine/contract.h"
#include "report.h"
#include "run/result.h"
#include "vmcs/overlay.h"

#define FLAGS_OF_RESULT                                                                  \
	(X86_EFLAGS_CF | X86_EFLAGS_PF | X86_EFLAGS_AF | X86_EFLAGS_ZF | X86_EFLAGS_SF | \
	 X86_EFLAGS_OF)

static void set_result(struct nested *n, u32 reason, enum vmx_result result, u64 flag)
{
	stats(n)->insns[insns_kind(reason)][result]++;
	m_vmwrite(GUEST_RFLAGS, (m_vmread(GUEST_RFLAGS) & ~FLAGS_OF_RESULT) | flag);
	guest_advance_rip();
}

void result_succeed(struct nested *n, u32 reason)
{
	set_result(n, reason, VMX_SUCCEED, 0);
}

void result_fail_invalid(struct nested *n, u32 reason)
{
	set_result(n, reason, VMX_FAIL_INVALID, X86_EFLAGS_CF);
}

void result_fail_valid(struct nested *n, u32 reason, u32 error)
{
	overlay_set(n->current, FI_VM_INSTRUCTION_ERROR, error);
	if (error < NR_VM_ERRORS)
		stats(n)->vm_errors[error]++;
	set_result(n, reason, VMX_FAIL_VALID, X86_EFLAGS_ZF);
}

/* VMfail(error) needs a current VMCS to leave the error number in (SDM "Conventions"). */
void result_fail(struct nested *n, u32 reason, u32 error)
{
	if (!n->current) {
		result_fail_invalid(n, reason);
		return;
	}
	report_event(n, EVENT_VMX_INSN, insns_kind(reason), VMX_FAIL_VALID, error,
		     n->current->address);
	result_fail_valid(n, reason, error);
}

void result_refuse(struct nested *n, u32 error, enum entry_check check)
{
	m_expect_current(n->vmcs01);
	stats(n)->entry_checks[check]++;
	report_event(n, EVENT_ENTRY_REFUSED, insns_kind(n->entry_reason), error, check,
		     n->current ? n->current->address : VMX_NO_VMCS);
	if (error)
		result_fail_valid(n, n->entry_reason, error);
	else
		result_fail_invalid(n, n->entry_reason);
}
