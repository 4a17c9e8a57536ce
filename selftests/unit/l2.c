// SPDX-License-Identifier: GPL-2.0-only
/* L2 on the model machine. */
#include "broken.h"
#include "l1.h"
#include "processor.h"
#include "ram.h"
#include "root.h"
#include "vmcs01.h"
#include "arch/msr.h"
#include "arch/vmx.h"
#include "arch/x86.h"
#include "arch/errors.h"
#include "decode/fields.h"

void l2_set_state(enum field_index field, u64 value)
{
	if (field >= FI_GUEST_S_CET && field <= FI_GUEST_INTR_SSP_TABLE) {
		if (hw_has_cet())
			processor.cet[field - FI_GUEST_S_CET] = value;
		return;
	}
	if (field == FI_GUEST_IA32_PKRS && hw_has_pkrs())
		processor.pkrs = value;
	else if (processor.has[field])
		processor.current->field[field] = value;
}

static void write_exit(const struct l2_exit *exit)
{
	l2_set_state(FI_VM_EXIT_REASON, exit->reason);
	l2_set_state(FI_EXIT_QUALIFICATION, exit->qualification);
	l2_set_state(FI_VM_EXIT_INTR_INFO, exit->intr_info);
	l2_set_state(FI_VM_EXIT_INTR_ERROR_CODE, exit->intr_error);
	l2_set_state(FI_IDT_VECTORING_INFO_FIELD, exit->idt_info);
	l2_set_state(FI_IDT_VECTORING_ERROR_CODE, exit->idt_error);
	l2_set_state(FI_VM_EXIT_INSTRUCTION_LEN, exit->length);
	l2_set_state(FI_VMX_INSTRUCTION_INFO, exit->insn_info);
	l2_set_state(FI_GUEST_PHYSICAL_ADDRESS, exit->gpa);
	l2_set_state(FI_GUEST_LINEAR_ADDRESS, exit->linear);
	l2_set_state(FI_VM_ENTRY_INTR_INFO_FIELD,
		     hw_state(FI_VM_ENTRY_INTR_INFO_FIELD) & ~(u64)INTR_INFO_VALID_MASK);
}

bool l2_exits(const struct l2_exit *exit)
{
	if (!nested.in_l2)
		broken("an exit of L2, which does not run");
	write_exit(exit);
	hw_save_kept();
	hw_rdmsr(MSR_CORE_PERF_GLOBAL_CTRL, &processor.counters);
	exit_from_l2(&nested, exit->reason);
	root_resume();
	return !nested.in_l2;
}

/* SDM "VMREAD", "VMWRITE": in VMX non-root operation, with VMCS shadowing. */
static bool l2_shadowed(bool write, u64 encoding)
{
	u64 bitmap = hw_state(write ? FI_VMWRITE_BITMAP : FI_VMREAD_BITMAP);

	if (!processor.has[FI_VMREAD_BITMAP] || encoding >> 15 ||
	    !(hw_state(FI_SECONDARY_VM_EXEC_CONTROL) & SECONDARY_EXEC_SHADOW_VMCS))
		return false;
	return !(*ram_at(bitmap + encoding / 8) >> (encoding % 8) & 1);
}

static struct result l2_fails(u32 error)
{
	l2_set_state(FI_VM_INSTRUCTION_ERROR, error);
	return (struct result){ .outcome = DONE_FAIL_VALID, .error = error };
}

static struct result l2_shadow_access(bool write, u64 encoding, u64 *value)
{
	u64 link = hw_state(FI_VMCS_LINK_POINTER);
	struct hw_vmcs *vmcs02 = processor.current, *vmcs;
	int field = field_index(encoding);

	if (link == VMX_NO_VMCS)
		return (struct result){ .outcome = DONE_FAIL_INVALID };
	if (field < 0 || !processor.has[field])
		return l2_fails(VMXERR_UNSUPPORTED_VMCS_COMPONENT);
	if (write && field_read_only((enum field_index)field) &&
	    !(processor_caps.misc & VMX_MISC_VMWRITE_SHADOW_RO_FIELDS))
		return l2_fails(VMXERR_VMWRITE_READ_ONLY_VMCS_COMPONENT);
	vmcs = processor_vmcs(link);
	if (!vmcs || !vmcs->shadow)
		broken("VMCS02 links %#llx, which is no shadow VMCS", link);
	processor.current = vmcs;
	if (write)
		hw_vmwrite(encoding, *value);
	else
		*value = hw_vmread(encoding);
	processor.current = vmcs02;
	return (struct result){};
}

struct result l2_vmx_access(bool write, u64 encoding, u64 *value)
{
	const struct l2_exit exit = {
		.reason = write ? EXIT_REASON_VMWRITE : EXIT_REASON_VMREAD,
		.insn_info = INFO_REGISTER(GPR_RBX, GPR_RCX),
		.length = 3,
	};

	gpr[GPR_RCX] = encoding;
	if (!l2_shadowed(write, encoding)) {
		if (l2_exits(&exit))
			return (struct result){ .outcome = DONE_EXITED };
		if (!l2_shadowed(write, encoding))
			broken("L2 does not get past an access to field %#llx", encoding);
	}
	return l2_shadow_access(write, encoding, value);
}
