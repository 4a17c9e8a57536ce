// SPDX-License-Identifier: GPL-2.0-only
/* The bare processor: VM exits, and what L1 finds after one. */
#include <string.h>

#include "bare.h"
#include "bare_exit.h"
#include "ram.h"
#include "vmcs01.h"
#include "arch/msr.h"
#include "arch/vmx.h"
#include "arch/x86.h"
#include "arch/reasons.h"
#include "decode/fields.h"

static void load_cet(const u64 *l2)
{
	const u64 *host = &bare.current->field[FI_HOST_S_CET];

	if (bare.current->field[FI_VM_EXIT_CONTROLS] & VM_EXIT_LOAD_CET_STATE)
		memcpy(bare.cet, host, sizeof(bare.cet));
	else
		memcpy(bare.cet, l2, sizeof(bare.cet));
}

static void load_pkrs(u64 l2)
{
	const u64 *field = bare.current->field;

	bare.pkrs = field[FI_VM_EXIT_CONTROLS] & VM_EXIT_LOAD_IA32_PKRS ? field[FI_HOST_IA32_PKRS] :
									   l2;
}

void bare_exit_load_kept(const u64 *cet, u64 pkrs)
{
	if (hw_has_cet())
		load_cet(cet);
	if (hw_has_pkrs())
		load_pkrs(pkrs);
}

/* Is this part of the guest state saved? */
static bool saved(enum field_index field, u32 exit)
{
	switch (field) {
	case FI_GUEST_IA32_EFER:
		return exit & VM_EXIT_SAVE_IA32_EFER;
	case FI_GUEST_IA32_PAT:
		return exit & VM_EXIT_SAVE_IA32_PAT;
	case FI_GUEST_DR7:
	case FI_GUEST_IA32_DEBUGCTL:
		return exit & VM_EXIT_SAVE_DEBUG_CONTROLS;
	case FI_GUEST_IA32_PERF_GLOBAL_CTRL:
		return exit & VM_EXIT_SAVE_IA32_PERF_GLOBAL_CTRL;
	case FI_VMX_PREEMPTION_TIMER_VALUE:
		return exit & VM_EXIT_SAVE_VMX_PREEMPTION_TIMER;
	case FI_VMCS_LINK_POINTER:
		return false;
	/* Without EPT what would be saved is undefined: L1's own stay. */
	case FI_GUEST_PDPTR0:
	case FI_GUEST_PDPTR1:
	case FI_GUEST_PDPTR2:
	case FI_GUEST_PDPTR3:
		return bare.current->field[FI_CPU_BASED_VM_EXEC_CONTROL] >> 31 &&
		       (bare.current->field[FI_SECONDARY_VM_EXEC_CONTROL] &
			SECONDARY_EXEC_ENABLE_EPT);
	default:
		return field_table[field].type == FIELD_TYPE_GUEST;
	}
}

/* Does an exit like that define a field? */
static bool defined(enum field_index field, const struct l2_exit *exit)
{
	const u32 error = INTR_INFO_VALID_MASK | INTR_INFO_DELIVER_CODE_MASK;
	u32 basic = exit->reason & VMX_EXIT_REASON_BASIC_MASK;

	switch (field) {
	case FI_VM_EXIT_INTR_ERROR_CODE:
		return (exit->intr_info & error) == error;
	case FI_IDT_VECTORING_ERROR_CODE:
		return (exit->idt_info & error) == error;
	case FI_GUEST_PHYSICAL_ADDRESS:
		return basic == EXIT_REASON_EPT_VIOLATION || basic == EXIT_REASON_EPT_MISCONFIG ||
		       basic == EXIT_REASON_SPP_EVENT;
	/* Of exits that cannot happen here: SMM, FRED, RDMSRLIST. */
	case FI_IO_RCX:
	case FI_IO_RSI:
	case FI_IO_RDI:
	case FI_IO_RIP:
	case FI_MSR_DATA:
	case FI_ORIGINAL_EVENT_DATA:
		return false;
	default:
		return true;
	}
}

/* What VMCS02 has of the counters is what an entry loads; L2's own are in the processor. */
static u64 l2_value(enum field_index field)
{
	return field == FI_GUEST_IA32_PERF_GLOBAL_CTRL ? processor.counters : bare.l2[field];
}

static void put(enum field_index field, u64 value)
{
	if (processor.has[field])
		bare.current->field[field] = value;
}

void bare_exits(const struct l2_exit *exit)
{
	struct bare_vmcs *vmcs = bare.current;
	u32 proc = (u32)vmcs->field[FI_CPU_BASED_VM_EXEC_CONTROL];
	int field;

	for (field = 0; field < NR_FIELDS; field++) {
		if (processor.has[field] &&
		    saved((enum field_index)field, (u32)vmcs->field[FI_VM_EXIT_CONTROLS]))
			vmcs->field[field] = l2_value((enum field_index)field);
		vmcs->undefined[field] = !defined((enum field_index)field, exit);
	}
	if (proc >> 31 && (vmcs->field[FI_SECONDARY_VM_EXEC_CONTROL] &
			   SECONDARY_EXEC_UNRESTRICTED_GUEST)) {
		vmcs->field[FI_VM_ENTRY_CONTROLS] &= ~(u64)VM_ENTRY_IA32E_MODE;
		if (bare.l2[FI_GUEST_IA32_EFER] & EFER_LMA)
			vmcs->field[FI_VM_ENTRY_CONTROLS] |= VM_ENTRY_IA32E_MODE;
	}
	put(FI_VM_EXIT_REASON, exit->reason);
	put(FI_EXIT_QUALIFICATION, exit->qualification);
	put(FI_VM_EXIT_INTR_INFO, exit->intr_info);
	put(FI_VM_EXIT_INTR_ERROR_CODE, exit->intr_error);
	put(FI_IDT_VECTORING_INFO_FIELD, exit->idt_info);
	put(FI_IDT_VECTORING_ERROR_CODE, exit->idt_error);
	put(FI_VM_EXIT_INSTRUCTION_LEN, exit->length);
	put(FI_VMX_INSTRUCTION_INFO, exit->insn_info);
	put(FI_GUEST_PHYSICAL_ADDRESS, exit->gpa);
	put(FI_GUEST_LINEAR_ADDRESS, exit->linear);
	vmcs->field[FI_VM_ENTRY_INTR_INFO_FIELD] &= ~(u64)INTR_INFO_VALID_MASK;
	bare_exit_load_kept(&bare.l2[FI_GUEST_S_CET], bare.l2[FI_GUEST_IA32_PKRS]);
	bare.in_l2 = false;
}

struct expectation {
	enum field_index field;
	u64 value;
};

/* A segment that is loaded with a flat one, or is unusable. */
static const char *segment_differs(unsigned int seg, u64 selector)
{
	if (l1_state((enum field_index)(FI_GUEST_ES_SELECTOR + seg)) != selector)
		return "selector";
	if (!selector)
		return l1_state((enum field_index)(FI_GUEST_ES_AR_BYTES + seg)) &
				       VMX_AR_UNUSABLE ? NULL : "usable";
	if (l1_state((enum field_index)(FI_GUEST_ES_AR_BYTES + seg)) != 0xc093)
		return "access rights";
	return l1_state((enum field_index)(FI_GUEST_ES_LIMIT + seg)) == 0xffffffff ? NULL : "limit";
}

static const char *segments_differ(const u64 *f, bool host64)
{
	static const unsigned int data[] = { SEG_ES, SEG_SS, SEG_DS, SEG_FS, SEG_GS };
	const char *what;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(data); i++) {
		what = segment_differs(data[i], f[FI_HOST_ES_SELECTOR + data[i]]);
		if (what)
			return what;
		if (data[i] < SEG_FS && f[FI_HOST_ES_SELECTOR + data[i]] &&
		    l1_state((enum field_index)(FI_GUEST_ES_BASE + data[i])))
			return "base";
	}
	if (l1_state(FI_GUEST_CS_AR_BYTES) != (host64 ? 0xa09bull : 0xc09bull))
		return "CS";
	return NULL;
}

const char *bare_l1_differs(const u64 *before, u64 l2_efer, u64 l2_pat, const struct l2_exit *exit)
{
	const u64 *f = bare.current->field;
	u32 ctl = (u32)f[FI_VM_EXIT_CONTROLS];
	bool host64 = ctl & VM_EXIT_HOST_ADDR_SPACE_SIZE;
	u64 efer = (l2_efer & ~(EFER_LMA | EFER_LME)) | (host64 ? EFER_LMA | EFER_LME : 0);
	bool nmi = exit->reason == EXIT_REASON_EXCEPTION_NMI &&
		   (exit->intr_info >> 8 & 7) == 2;
	bool nmi_blocking = !(f[FI_PIN_BASED_VM_EXEC_CONTROL] & PIN_BASED_VIRTUAL_NMIS) &&
			    (before[FI_GUEST_INTERRUPTIBILITY_INFO] & GUEST_INTR_STATE_NMI);
	const struct expectation expect[] = {
		{ FI_GUEST_CR0, f[FI_HOST_CR0] },
		{ FI_GUEST_CR3, f[FI_HOST_CR3] },
		{ FI_GUEST_CR4, host64 ? f[FI_HOST_CR4] | X86_CR4_PAE :
					 f[FI_HOST_CR4] & ~X86_CR4_PCIDE },
		{ FI_GUEST_DR7, 0x400 },
		{ FI_GUEST_IA32_DEBUGCTL, 0 },
		{ FI_GUEST_IA32_EFER, ctl & VM_EXIT_LOAD_IA32_EFER ? f[FI_HOST_IA32_EFER] : efer },
		{ FI_GUEST_IA32_PAT, ctl & VM_EXIT_LOAD_IA32_PAT ? f[FI_HOST_IA32_PAT] : l2_pat },
		{ FI_GUEST_SYSENTER_CS, f[FI_HOST_IA32_SYSENTER_CS] },
		{ FI_GUEST_SYSENTER_ESP, f[FI_HOST_IA32_SYSENTER_ESP] },
		{ FI_GUEST_SYSENTER_EIP, f[FI_HOST_IA32_SYSENTER_EIP] },
		{ FI_GUEST_CS_SELECTOR, f[FI_HOST_CS_SELECTOR] },
		{ FI_GUEST_CS_BASE, 0 },
		{ FI_GUEST_CS_LIMIT, 0xffffffff },
		{ FI_GUEST_FS_BASE, f[FI_HOST_FS_BASE] },
		{ FI_GUEST_GS_BASE, f[FI_HOST_GS_BASE] },
		{ FI_GUEST_TR_SELECTOR, f[FI_HOST_TR_SELECTOR] },
		{ FI_GUEST_TR_BASE, f[FI_HOST_TR_BASE] },
		{ FI_GUEST_TR_LIMIT, 0x67 },
		{ FI_GUEST_TR_AR_BYTES, 0x8b },
		{ FI_GUEST_LDTR_SELECTOR, 0 },
		{ FI_GUEST_LDTR_AR_BYTES, VMX_AR_UNUSABLE },
		{ FI_GUEST_GDTR_BASE, f[FI_HOST_GDTR_BASE] },
		{ FI_GUEST_GDTR_LIMIT, 0xffff },
		{ FI_GUEST_IDTR_BASE, f[FI_HOST_IDTR_BASE] },
		{ FI_GUEST_IDTR_LIMIT, 0xffff },
		{ FI_GUEST_RIP, f[FI_HOST_RIP] },
		{ FI_GUEST_RSP, f[FI_HOST_RSP] },
		{ FI_GUEST_RFLAGS, X86_EFLAGS_FIXED },
		{ FI_GUEST_INTERRUPTIBILITY_INFO, nmi || nmi_blocking ? GUEST_INTR_STATE_NMI : 0 },
		{ FI_GUEST_PENDING_DBG_EXCEPTIONS, 0 },
		{ FI_GUEST_ACTIVITY_STATE, GUEST_ACTIVITY_ACTIVE },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(expect); i++) {
		if (l1_state(expect[i].field) != expect[i].value)
			return field_name(expect[i].field);
	}
	return segments_differ(f, host64);
}
