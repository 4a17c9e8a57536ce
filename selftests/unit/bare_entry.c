// SPDX-License-Identifier: GPL-2.0-only
/* The bare processor: VM entries. */
#include <string.h>

#include "bare.h"
#include "bare_exit.h"
#include "model_entry.h"
#include "ram.h"
#include "vmcs01.h"
#include "arch/msr.h"
#include "arch/vmx.h"
#include "arch/x86.h"
#include "arch/errors.h"
#include "arch/reasons.h"

/* SDM "Loading MSRs": the VM-entry list. */
static u32 load_list(const struct bare_vmcs *vmcs)
{
	u64 at = vmcs->field[FI_VM_ENTRY_MSR_LOAD_ADDR], value;
	u32 count = (u32)vmcs->field[FI_VM_ENTRY_MSR_LOAD_COUNT], i;

	for (i = 0; i < count; i++, at += 16) {
		if (!ram_at(at) || !hw_rdmsr(ram_get32(at), &value))
			return i + 1;
	}
	return 0;
}

/* What L2 begins with: VMCS12's, or what L1 has. */
static const u64 *cet_of_l2(const struct bare_vmcs *vmcs)
{
	if (vmcs->field[FI_VM_ENTRY_CONTROLS] & VM_ENTRY_LOAD_CET_STATE)
		return &vmcs->field[FI_GUEST_S_CET];
	return processor.cet;
}

static u64 pkrs_of_l2(const struct bare_vmcs *vmcs)
{
	if (vmcs->field[FI_VM_ENTRY_CONTROLS] & VM_ENTRY_LOAD_IA32_PKRS)
		return vmcs->field[FI_GUEST_IA32_PKRS];
	return processor.pkrs;
}

struct result bare_enter(u32 reason, bool mov_ss, bool long_mode)
{
	struct model_entry verdict;
	struct bare_vmcs *vmcs = bare.current;
	u32 entry;

	if (!bare.in_vmx || bare_undefined())
		return bare_fault(UD_VECTOR);
	if (!vmcs || vmcs->shadow)
		return bare_fail_invalid();
	if (mov_ss)
		return bare_fail(VMXERR_ENTRY_EVENTS_BLOCKED_BY_MOV_SS);
	if (reason == EXIT_REASON_VMLAUNCH && vmcs->launched)
		return bare_fail(VMXERR_VMLAUNCH_NONCLEAR_VMCS);
	if (reason == EXIT_REASON_VMRESUME && !vmcs->launched)
		return bare_fail(VMXERR_VMRESUME_NONLAUNCHED_VMCS);
	verdict = model_entry(vmcs->field, &processor_caps, vmcs->address, long_mode);
	if (verdict.error)
		return bare_fail(verdict.error);
	if (verdict.exit_reason)
		bare_exit_load_kept(processor.cet, processor.pkrs);
	else
		bare_exit_load_kept(cet_of_l2(vmcs), pkrs_of_l2(vmcs));
	if (!verdict.exit_reason && load_list(vmcs)) {
		verdict.exit_reason = EXIT_REASON_MSR_LOAD_FAIL | VMX_EXIT_REASON_FAILED_VMENTRY;
		verdict.qualification = load_list(vmcs);
	}
	if (verdict.exit_reason) {
		vmcs->field[FI_VM_EXIT_REASON] = verdict.exit_reason;
		vmcs->field[FI_EXIT_QUALIFICATION] = verdict.qualification;
		return (struct result){ .outcome = DONE_EXITED };
	}
	vmcs->launched = true;
	bare.in_l2 = true;
	entry = (u32)vmcs->field[FI_VM_ENTRY_CONTROLS];
	memcpy(bare.l2, vmcs->field, sizeof(bare.l2));
	if (hw_has_cet())
		memmove(&bare.l2[FI_GUEST_S_CET], cet_of_l2(vmcs), sizeof(bare.cet));
	bare.l2[FI_GUEST_IA32_PKRS] = pkrs_of_l2(vmcs);
	if (!(entry & VM_ENTRY_LOAD_IA32_PAT))
		bare.l2[FI_GUEST_IA32_PAT] = l1_state(FI_GUEST_IA32_PAT);
	if (!(entry & VM_ENTRY_LOAD_DEBUG_CONTROLS)) {
		bare.l2[FI_GUEST_DR7] = l1_state(FI_GUEST_DR7);
		bare.l2[FI_GUEST_IA32_DEBUGCTL] = l1_state(FI_GUEST_IA32_DEBUGCTL);
	}
	if (!(entry & VM_ENTRY_LOAD_IA32_EFER)) {
		u64 efer = l1_state(FI_GUEST_IA32_EFER) & ~(EFER_LMA);

		if (entry & VM_ENTRY_IA32E_MODE)
			efer |= EFER_LMA | EFER_LME;
		else if (vmcs->field[FI_GUEST_CR0] & X86_CR0_PG)
			efer &= ~EFER_LME;
		bare.l2[FI_GUEST_IA32_EFER] = efer;
	}
	return (struct result){ .outcome = DONE_ENTERED };
}

void bare_set_l2(enum field_index field, u64 value)
{
	if (processor.has[field])
		bare.l2[field] = value;
}
