// SPDX-License-Identifier: GPL-2.0-only
/* How a VMX instruction of L1 ends: flags, error number, counters. */
#include "arch/reasons.h"
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
	stats(n)->insns[insn_kind(reason)][result]++;
	m_vmwrite(GUEST_RFLAGS, (m_vmread(GUEST_RFLAGS) & ~FLAGS_OF_RESULT) | flag);
	nested_advance_rip();
}

void vmx_succeed(struct nested *n, u32 reason)
{
	set_result(n, reason, VMX_SUCCEED, 0);
}

void vmx_fail_invalid(struct nested *n, u32 reason)
{
	set_result(n, reason, VMX_FAIL_INVALID, X86_EFLAGS_CF);
}

void vmx_fail_valid(struct nested *n, u32 reason, u32 error)
{
	slot_override(n->current, FI_VM_INSTRUCTION_ERROR, error);
	if (error < NR_VM_ERRORS)
		stats(n)->vm_errors[error]++;
	set_result(n, reason, VMX_FAIL_VALID, X86_EFLAGS_ZF);
}

/* SDM "Conventions": VMfail(error) needs a current VMCS to leave the number in. */
void vmx_fail(struct nested *n, u32 reason, u32 error)
{
	if (!n->current) {
		vmx_fail_invalid(n, reason);
		return;
	}
	nested_event(n, EVENT_VMX_INSN, insn_kind(reason), VMX_FAIL_VALID, error,
		     n->current->address);
	vmx_fail_valid(n, reason, error);
}

void refuse(struct nested *n, u32 error, enum entry_check check)
{
	u32 kind = n->entry_reason == EXIT_REASON_VMLAUNCH ? VMX_VMLAUNCH : VMX_VMRESUME;

	m_expect_current(n->vmcs01);
	stats(n)->entry_checks[check]++;
	nested_event(n, EVENT_ENTRY_REFUSED, kind, error, check,
		     n->current ? n->current->address : VMX_NO_VMCS);
	if (error)
		vmx_fail_valid(n, n->entry_reason, error);
	else
		vmx_fail_invalid(n, n->entry_reason);
}
