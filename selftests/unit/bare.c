// SPDX-License-Identifier: GPL-2.0-only
/* The bare processor. */
#include <stdlib.h>
#include <string.h>

#include "bare.h"
#include "broken.h"
#include "arch/errors.h"
#include "model_entry.h"
#include "ram.h"
#include "decode/fields.h"

struct bare bare;

static const struct vmx_caps *caps = &processor_caps;

/* Fields by encoding, plus one; both halves of those with 64 bits. */
static u8 by_encoding[0x8000];

static void fill_by_encoding(void)
{
	unsigned int i;

	for (i = 0; i < NR_FIELDS; i++) {
		by_encoding[field_table[i].encoding] = (u8)(i + 1);
		if (field_table[i].width == FIELD_WIDTH_64)
			by_encoding[field_table[i].encoding + 1] = (u8)(i + 1);
	}
}

void bare_reset(void)
{
	unsigned int i;

	for (i = 0; i < bare.nr; i++)
		free(bare.vmcs[i]);
	memset(&bare, 0, sizeof(bare));
	fill_by_encoding();
}

static struct bare_vmcs *region(u64 address)
{
	unsigned int i;

	for (i = 0; i < bare.nr; i++) {
		if (bare.vmcs[i]->address == address)
			return bare.vmcs[i];
	}
	if (bare.nr == BARE_MAX_VMCS)
		broken("more than %d VMCSs", BARE_MAX_VMCS);
	bare.vmcs[bare.nr] = calloc(1, sizeof(struct bare_vmcs));
	bare.vmcs[bare.nr]->address = address;
	return bare.vmcs[bare.nr++];
}

static struct result succeed(void)
{
	return (struct result){ .outcome = DONE_SUCCEED };
}

static struct result fail_invalid(void)
{
	return (struct result){ .outcome = DONE_FAIL_INVALID };
}

static struct result fail(u32 error)
{
	if (!bare.current)
		return fail_invalid();
	bare.current->field[FI_VM_INSTRUCTION_ERROR] = error;
	return (struct result){ .outcome = DONE_FAIL_VALID, .error = error };
}

static struct result fault(u8 vector)
{
	struct result result = { .outcome = DONE_FAULT };

	result.fault.vector = vector;
	result.fault.has_error = vector == GP_VECTOR;
	return result;
}

/* Do VMX instructions exist? VMXON does outside VMX operation too. */
static bool undefined(void)
{
	if (l1_state(FI_GUEST_RFLAGS) & X86_EFLAGS_VM)
		return true;
	return (l1_state(FI_GUEST_IA32_EFER) & EFER_LMA) &&
	       !(l1_state(FI_GUEST_CS_AR_BYTES) & VMX_AR_L);
}

static bool pointer_ok(u64 pointer)
{
	u64 width = caps->basic & VMX_BASIC_32BIT_PHYS_ADDR_ONLY ? 32 : caps->maxphyaddr;

	return !(pointer & 0xfff) && !(pointer >> width);
}

static u32 revision(u64 pointer)
{
	u32 value = 0xffffffff;

	if (ram_at(pointer))
		memcpy(&value, ram_at(pointer), sizeof(value));
	return value;
}

static struct result vmxon(u64 pointer)
{
	if (bare.in_vmx)
		return fail(VMXERR_VMXON_IN_VMX_ROOT_OPERATION);
	if (!pointer_ok(pointer) || revision(pointer) != VMX_BASIC_REVISION(caps->basic))
		return fail_invalid();
	bare.in_vmx = true;
	bare.vmxon = pointer;
	bare.current = NULL;
	return succeed();
}

static struct result vmclear(u64 pointer)
{
	if (!pointer_ok(pointer))
		return fail(VMXERR_VMCLEAR_INVALID_ADDRESS);
	if (pointer == bare.vmxon)
		return fail(VMXERR_VMCLEAR_VMXON_POINTER);
	region(pointer)->launched = false;
	if (bare.current && bare.current->address == pointer)
		bare.current = NULL;
	return succeed();
}

static struct result vmptrld(u64 pointer)
{
	u32 shadow_bit = caps->proc2.allowed1 & SECONDARY_EXEC_SHADOW_VMCS ? 1u << 31 : 0;

	if (!pointer_ok(pointer))
		return fail(VMXERR_VMPTRLD_INVALID_ADDRESS);
	if (pointer == bare.vmxon)
		return fail(VMXERR_VMPTRLD_VMXON_POINTER);
	if ((revision(pointer) & ~shadow_bit) != VMX_BASIC_REVISION(caps->basic))
		return fail(VMXERR_VMPTRLD_INCORRECT_VMCS_REVISION_ID);
	bare.current = region(pointer);
	bare.current->shadow = revision(pointer) >> 31;
	return succeed();
}

struct result bare_pointer(u32 reason, u64 pointer)
{
	if (reason == EXIT_REASON_VMXON && !undefined())
		return vmxon(pointer);
	if (!bare.in_vmx || undefined())
		return fault(UD_VECTOR);
	return reason == EXIT_REASON_VMCLEAR ? vmclear(pointer) : vmptrld(pointer);
}

struct result bare_vmxoff(void)
{
	if (!bare.in_vmx || undefined())
		return fault(UD_VECTOR);
	bare.in_vmx = false;
	bare.current = NULL;
	return succeed();
}

/* Which field, and does it exist? */
static int named(u64 encoding, bool long_mode)
{
	int field;

	if (!long_mode)
		encoding = (u32)encoding;
	if (encoding >= ARRAY_SIZE(by_encoding))
		return -1;
	field = by_encoding[encoding] - 1;
	return field >= 0 && processor.has[field] ? field : -1;
}

struct result bare_vmread(u64 encoding, bool long_mode, u64 *value)
{
	int field;

	if (!bare.in_vmx || undefined())
		return fault(UD_VECTOR);
	if (!bare.current)
		return fail_invalid();
	field = named(encoding, long_mode);
	if (field < 0)
		return fail(VMXERR_UNSUPPORTED_VMCS_COMPONENT);
	*value = bare.current->field[field];
	if (encoding & 1)
		*value >>= 32;
	if (!long_mode)
		*value = (u32)*value;
	return succeed();
}

static u64 written(int field, bool high, bool long_mode, u64 old, u64 value)
{
	switch (field_table[field].width) {
	case FIELD_WIDTH_16:
		return (u16)value;
	case FIELD_WIDTH_32:
		return (u32)value;
	case FIELD_WIDTH_NATURAL:
		return long_mode ? value : (u32)value;
	default:
		if (high)
			return (u32)old | value << 32;
		return long_mode ? value : (old & 0xffffffff00000000) | (u32)value;
	}
}

struct result bare_vmwrite(u64 encoding, bool long_mode, u64 value)
{
	int field;

	if (!bare.in_vmx || undefined())
		return fault(UD_VECTOR);
	if (!bare.current)
		return fail_invalid();
	field = named(encoding, long_mode);
	if (field < 0)
		return fail(VMXERR_UNSUPPORTED_VMCS_COMPONENT);
	if (field_read_only((enum field_index)field) &&
	    !(caps->misc & VMX_MISC_VMWRITE_SHADOW_RO_FIELDS))
		return fail(VMXERR_VMWRITE_READ_ONLY_VMCS_COMPONENT);
	bare.current->field[field] =
		written(field, encoding & 1, long_mode, bare.current->field[field], value);
	if (long_mode && !(encoding & 1))
		bare.current->undefined[field] = false;
	return succeed();
}

static bool ept_vpid(unsigned int bit)
{
	return caps->ept_vpid >> bit & 1;
}

/* Descriptor bits 127:64 are reserved, and no cause of failure. */
struct result bare_invept(u64 type, u64 eptp)
{
	if (!bare.in_vmx || undefined())
		return fault(UD_VECTOR);
	if ((type == 1 && ept_vpid(25) && model_eptp_valid(caps, eptp)) ||
	    (type == 2 && ept_vpid(26)))
		return succeed();
	return fail(VMXERR_INVALID_OPERAND_TO_INVEPT_INVVPID);
}

struct result bare_invvpid(u64 type, u64 vpid, u64 linear)
{
	bool la57 = l1_state(FI_GUEST_CR4) & X86_CR4_LA57;
	s64 sign = (s64)(linear << (la57 ? 7 : 16)) >> 63;

	if (!bare.in_vmx || undefined())
		return fault(UD_VECTOR);
	if (type > 3 || !ept_vpid(40 + (unsigned int)type) || vpid >> 16 || (type != 2 && !vpid))
		return fail(VMXERR_INVALID_OPERAND_TO_INVEPT_INVVPID);
	if (type == 0 && linear >> (la57 ? 56 : 47) != (u64)sign >> (la57 ? 56 : 47))
		return fail(VMXERR_INVALID_OPERAND_TO_INVEPT_INVVPID);
	return succeed();
}

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

/* SDM "VM-Entry Failures During or After Loading Guest State": the host's is loaded then too. */
static void load_host_cet(const u64 *l2)
{
	const u64 *host = &bare.current->field[FI_HOST_S_CET];

	if (bare.current->field[FI_VM_EXIT_CONTROLS] & VM_EXIT_LOAD_CET_STATE)
		memcpy(bare.cet, host, sizeof(bare.cet));
	else
		memcpy(bare.cet, l2, sizeof(bare.cet));
}

/* What L2 begins with: VMCS12's, or what L1 has. */
static const u64 *cet_of_l2(const struct bare_vmcs *vmcs)
{
	if (vmcs->field[FI_VM_ENTRY_CONTROLS] & VM_ENTRY_LOAD_CET_STATE)
		return &vmcs->field[FI_GUEST_S_CET];
	return processor.cet;
}

struct result bare_enter(u32 reason, bool mov_ss, bool long_mode)
{
	struct model_entry verdict;
	struct bare_vmcs *vmcs = bare.current;
	u32 entry;

	if (!bare.in_vmx || undefined())
		return fault(UD_VECTOR);
	if (!vmcs || vmcs->shadow)
		return fail_invalid();
	if (mov_ss)
		return fail(VMXERR_ENTRY_EVENTS_BLOCKED_BY_MOV_SS);
	if (reason == EXIT_REASON_VMLAUNCH && vmcs->launched)
		return fail(VMXERR_VMLAUNCH_NONCLEAR_VMCS);
	if (reason == EXIT_REASON_VMRESUME && !vmcs->launched)
		return fail(VMXERR_VMRESUME_NONLAUNCHED_VMCS);
	verdict = model_entry(vmcs->field, caps, vmcs->address, long_mode);
	if (verdict.error)
		return fail(verdict.error);
	if (hw_has_cet())
		load_host_cet(verdict.exit_reason ? processor.cet : cet_of_l2(vmcs));
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
			vmcs->field[field] = bare.l2[field];
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
	if (hw_has_cet())
		load_host_cet(&bare.l2[FI_GUEST_S_CET]);
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
