// SPDX-License-Identifier: GPL-2.0-only
/* What a processor checks at VM entry. One function per heading of the SDM. */
#include <string.h>

#include "arch/vmx.h"
#include "arch/x86.h"
#include "broken.h"
#include "arch/errors.h"
#include "model_entry.h"
#include "ram.h"
#include "arch/reasons.h"
#include "decode/fields.h"

struct check {
	const u64 *field;
	const struct vmx_caps *caps;
	u32 pin;
	u32 proc;
	u32 proc2;
	u32 exit;
	u32 entry;
	u64 region;
	bool long_mode;
};

#define F(name)	(c->field[FI_##name])

static bool allowed(struct vmx_ctls ctls, u32 value)
{
	return !(~value & ctls.allowed0) && !(value & ~ctls.allowed1);
}

static bool address_ok(const struct check *c, u64 address, u64 low_mask)
{
	return !(address & low_mask) && !(address >> c->caps->maxphyaddr);
}

/* "If bit is 1, the address must be that of a page." */
static bool page_ok(const struct check *c, u32 word, u32 bit, u64 address)
{
	return !(word & bit) || address_ok(c, address, 0xfff);
}

bool model_eptp_valid(const struct vmx_caps *caps, u64 eptp)
{
	unsigned int type = eptp & 7, levels = (eptp >> 3 & 7) + 1;

	switch (type) {
	case 0:
		if (!(caps->ept_vpid >> 8 & 1))
			return false;
		break;
	case 6:
		if (!(caps->ept_vpid >> 14 & 1))
			return false;
		break;
	default:
		return false;
	}
	if (!(levels == 4 && (caps->ept_vpid >> 6 & 1)) &&
	    !(levels == 5 && (caps->ept_vpid >> 7 & 1)))
		return false;
	if ((eptp >> 6 & 1) && !(caps->ept_vpid >> 21 & 1))
		return false;
	if ((eptp >> 7 & 1) && !(caps->ept_vpid >> 23 & 1))
		return false;
	return !(eptp & 0xf00) && !(eptp >> caps->maxphyaddr);
}

/* Bits 7:4 of VTPR, which the processor reads when it checks the controls */
static u64 vtpr_class(u64 page)
{
	return ram_at(page) ? ram_get32(page + 0x80) >> 4 & 15 : 15;
}

static bool apic_ok(const struct check *c)
{
	const u32 needs_shadow = SECONDARY_EXEC_VIRTUALIZE_X2APIC_MODE |
				 SECONDARY_EXEC_APIC_REGISTER_VIRT |
				 SECONDARY_EXEC_VIRTUAL_INTR_DELIVERY;

	if (c->proc & CPU_BASED_TPR_SHADOW) {
		if (!address_ok(c, F(VIRTUAL_APIC_PAGE_ADDR), 0xfff))
			return false;
		if (!(c->proc2 & SECONDARY_EXEC_VIRTUAL_INTR_DELIVERY) && F(TPR_THRESHOLD) >> 4)
			return false;
		if (!(c->proc2 & (SECONDARY_EXEC_VIRTUAL_INTR_DELIVERY |
				  SECONDARY_EXEC_VIRTUALIZE_APIC_ACCESSES)) &&
		    F(TPR_THRESHOLD) > vtpr_class(F(VIRTUAL_APIC_PAGE_ADDR)))
			return false;
	} else if (c->proc2 & needs_shadow) {
		return false;
	}
	if ((c->proc2 & SECONDARY_EXEC_VIRTUALIZE_X2APIC_MODE) &&
	    (c->proc2 & SECONDARY_EXEC_VIRTUALIZE_APIC_ACCESSES))
		return false;
	if ((c->proc2 & SECONDARY_EXEC_VIRTUAL_INTR_DELIVERY) &&
	    !(c->pin & PIN_BASED_EXT_INTR_MASK))
		return false;
	if (!(c->pin & PIN_BASED_POSTED_INTR))
		return true;
	return (c->proc2 & SECONDARY_EXEC_VIRTUAL_INTR_DELIVERY) &&
	       (c->exit & VM_EXIT_ACK_INTR_ON_EXIT) && F(POSTED_INTR_NV) < 256 &&
	       address_ok(c, F(POSTED_INTR_DESC_ADDR), 63);
}

static bool ept_ok(const struct check *c)
{
	const u32 needs_ept = SECONDARY_EXEC_UNRESTRICTED_GUEST | SECONDARY_EXEC_ENABLE_PML |
			      SECONDARY_EXEC_MODE_BASED_EPT_EXEC | SECONDARY_EXEC_SPP |
			      SECONDARY_EXEC_PT_USE_GPA;

	if (c->proc2 & SECONDARY_EXEC_ENABLE_EPT) {
		if (!model_eptp_valid(c->caps, F(EPT_POINTER)))
			return false;
	} else if (c->proc2 & needs_ept) {
		return false;
	}
	if (!page_ok(c, c->proc2, SECONDARY_EXEC_ENABLE_PML, F(PML_ADDRESS)))
		return false;
	if (!(c->proc2 & SECONDARY_EXEC_ENABLE_VMFUNC))
		return true;
	if (F(VM_FUNCTION_CONTROL) & ~c->caps->vmfunc)
		return false;
	return !(F(VM_FUNCTION_CONTROL) & 1) || ((c->proc2 & SECONDARY_EXEC_ENABLE_EPT) &&
						 address_ok(c, F(EPTP_LIST_ADDRESS), 0xfff));
}

/* SDM "VM-Execution Control Fields" */
static bool execution_controls_ok(const struct check *c)
{
	if (!allowed(c->caps->pin, c->pin) || !allowed(c->caps->proc, c->proc))
		return false;
	if ((c->proc >> 17 & 1) && (F(TERTIARY_VM_EXEC_CONTROL) & ~c->caps->proc3))
		return false;
	if ((c->proc & CPU_BASED_ACTIVATE_SECONDARY_CONTROLS) &&
	    !allowed(c->caps->proc2, c->proc2))
		return false;
	if (F(CR3_TARGET_COUNT) > VMX_MISC_NR_CR3_TARGETS(c->caps->misc))
		return false;
	if (!page_ok(c, c->proc, CPU_BASED_USE_IO_BITMAPS, F(IO_BITMAP_A)) ||
	    !page_ok(c, c->proc, CPU_BASED_USE_IO_BITMAPS, F(IO_BITMAP_B)) ||
	    !page_ok(c, c->proc, CPU_BASED_USE_MSR_BITMAPS, F(MSR_BITMAP)) ||
	    !page_ok(c, c->proc2, SECONDARY_EXEC_VIRTUALIZE_APIC_ACCESSES, F(APIC_ACCESS_ADDR)) ||
	    !page_ok(c, c->proc2, SECONDARY_EXEC_SHADOW_VMCS, F(VMREAD_BITMAP)) ||
	    !page_ok(c, c->proc2, SECONDARY_EXEC_SHADOW_VMCS, F(VMWRITE_BITMAP)) ||
	    !page_ok(c, c->proc2, SECONDARY_EXEC_SPP, F(SPP_TABLE_POINTER)) ||
	    !page_ok(c, c->proc2, SECONDARY_EXEC_EPT_VIOLATION_VE, F(VE_INFORMATION_ADDRESS)))
		return false;
	if ((c->pin & PIN_BASED_VIRTUAL_NMIS) && !(c->pin & PIN_BASED_NMI_EXITING))
		return false;
	if ((c->proc & CPU_BASED_NMI_WINDOW_EXITING) && !(c->pin & PIN_BASED_VIRTUAL_NMIS))
		return false;
	if ((c->proc2 & SECONDARY_EXEC_ENABLE_VPID) && !F(VIRTUAL_PROCESSOR_ID))
		return false;
	return apic_ok(c) && ept_ok(c);
}

static bool list_ok(const struct check *c, u64 count, u64 address)
{
	return !count || (address_ok(c, address, 15) &&
			  !((address + count * 16 - 1) >> c->caps->maxphyaddr));
}

/* SDM "VM-Exit Control Fields" */
static bool exit_controls_ok(const struct check *c)
{
	if (!allowed(c->caps->exit, c->exit))
		return false;
	if ((c->exit & VM_EXIT_SAVE_VMX_PREEMPTION_TIMER) &&
	    !(c->pin & PIN_BASED_VMX_PREEMPTION_TIMER))
		return false;
	return list_ok(c, F(VM_EXIT_MSR_STORE_COUNT), F(VM_EXIT_MSR_STORE_ADDR)) &&
	       list_ok(c, F(VM_EXIT_MSR_LOAD_COUNT), F(VM_EXIT_MSR_LOAD_ADDR));
}

static bool has_error_code(u32 vector)
{
	return vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21;
}

/* Is an error code to be delivered exactly where it must be? */
static bool error_code_ok(const struct check *c, u32 info)
{
	u32 type = info >> 8 & 7, vector = info & 0xff;
	bool deliver = info >> 11 & 1;
	bool real = (c->proc2 & SECONDARY_EXEC_UNRESTRICTED_GUEST) && !(F(GUEST_CR0) & 1);

	if (real || type != 3)
		return !deliver;
	if (c->caps->basic & VMX_BASIC_NO_HW_ERROR_CODE_CC)
		return true;
	return deliver == has_error_code(vector);
}

static bool event_ok(const struct check *c)
{
	u32 info = (u32)F(VM_ENTRY_INTR_INFO_FIELD), type = info >> 8 & 7, vector = info & 0xff;
	u64 length = F(VM_ENTRY_INSTRUCTION_LEN);
	u32 reserved = 0x7ffff000;

	if (!(info & INTR_INFO_VALID_MASK))
		return true;
	if (c->caps->basic & VMX_BASIC_NESTED_EXCEPTION)
		reserved &= ~INTR_INFO_NESTED_EXCEPTION;
	if (type == 1 || (type == 7 && !(c->caps->proc.allowed1 & CPU_BASED_MONITOR_TRAP_FLAG)))
		return false;
	if ((type == 2 && vector != 2) || (type == 3 && vector > 31) || (type == 7 && vector))
		return false;
	if (!error_code_ok(c, info) || (info & reserved))
		return false;
	if ((info >> 11 & 1) && F(VM_ENTRY_EXCEPTION_ERROR_CODE) >> 16)
		return false;
	if (type < 4 || type > 6)
		return true;
	return length <= 15 && (length || (c->caps->misc & VMX_MISC_ZERO_LEN_INS));
}

/* SDM "VM-Entry Control Fields" */
static bool entry_controls_ok(const struct check *c)
{
	if (!allowed(c->caps->entry, c->entry) || !event_ok(c))
		return false;
	if (c->entry & (VM_ENTRY_SMM | VM_ENTRY_DEACT_DUAL_MONITOR))
		return false;
	return list_ok(c, F(VM_ENTRY_MSR_LOAD_COUNT), F(VM_ENTRY_MSR_LOAD_ADDR));
}

static bool canonical(u64 address, bool la57)
{
	u64 top = address >> (la57 ? 56 : 47);

	return !top || top == ~0ull >> (la57 ? 56 : 47);
}

static bool pat_ok(u64 pat)
{
	unsigned int i;

	for (i = 0; i < 64; i += 8) {
		switch (pat >> i & 0xff) {
		case 0:
		case 1:
		case 4:
		case 5:
		case 6:
		case 7:
			break;
		default:
			return false;
		}
	}
	return true;
}

#define EFER_DEFINED	0xd01ull

/* What VM entry asks of IA32_S_CET, SSP and IA32_INTERRUPT_SSP_TABLE_ADDR in any case */
static bool cet_ok(const struct check *c, enum field_index first, bool la57)
{
	u64 s_cet = c->field[first], ssp = c->field[first + 1], table = c->field[first + 2];

	return !(s_cet & ~c->caps->s_cet) && (s_cet >> 10 & 3) != 3 && !(ssp & 3) &&
	       canonical(table, la57);
}

/* SDM "Checks on Host Control Registers, MSRs, and SSP" */
static bool host_registers_ok(const struct check *c)
{
	const struct vmx_caps *caps = c->caps;
	bool la57 = F(HOST_CR4) >> 12 & 1, host64 = c->exit & VM_EXIT_HOST_ADDR_SPACE_SIZE;

	if ((~F(HOST_CR0) & caps->cr0_fixed0) || (F(HOST_CR0) & ~caps->cr0_fixed1) ||
	    (~F(HOST_CR4) & caps->cr4_fixed0) || (F(HOST_CR4) & ~caps->cr4_fixed1))
		return false;
	/* CR3.LAM_U57 and LAM_U48 come with CR4.LAM_SUP. */
	if ((F(HOST_CR3) & ~(caps->cr4_fixed1 >> 28 & 1 ? 3ull << 61 : 0)) >> caps->maxphyaddr ||
	    !canonical(F(HOST_IA32_SYSENTER_ESP), la57) ||
	    !canonical(F(HOST_IA32_SYSENTER_EIP), la57))
		return false;
	if ((F(HOST_CR4) >> 23 & 1) && !(F(HOST_CR0) >> 16 & 1))
		return false;
	if ((c->exit & VM_EXIT_LOAD_CET_STATE) && !cet_ok(c, FI_HOST_S_CET, la57))
		return false;
	if ((c->exit & VM_EXIT_LOAD_IA32_PERF_GLOBAL_CTRL) &&
	    (F(HOST_IA32_PERF_GLOBAL_CTRL) & ~caps->counters))
		return false;
	if ((c->exit & VM_EXIT_LOAD_IA32_PKRS) && F(HOST_IA32_PKRS) >> 32)
		return false;
	if ((c->exit & VM_EXIT_LOAD_IA32_PAT) && !pat_ok(F(HOST_IA32_PAT)))
		return false;
	if (!(c->exit & VM_EXIT_LOAD_IA32_EFER))
		return true;
	return !(F(HOST_IA32_EFER) & ~EFER_DEFINED) &&
	       (F(HOST_IA32_EFER) & 0x500) == (host64 ? 0x500 : 0);
}

/* SDM "Checks on Host Segment and Descriptor-Table Registers" */
static bool host_segments_ok(const struct check *c)
{
	bool la57 = F(HOST_CR4) >> 12 & 1, host64 = c->exit & VM_EXIT_HOST_ADDR_SPACE_SIZE;
	int field;

	for (field = FI_HOST_ES_SELECTOR; field <= FI_HOST_TR_SELECTOR; field++) {
		if (c->field[field] & 7)
			return false;
	}
	for (field = FI_HOST_FS_BASE; field <= FI_HOST_IDTR_BASE; field++) {
		if (!canonical(c->field[field], la57))
			return false;
	}
	return F(HOST_CS_SELECTOR) && F(HOST_TR_SELECTOR) && (host64 || F(HOST_SS_SELECTOR));
}

/* SDM "Checks Related to Address-Space Size" */
static bool address_space_ok(const struct check *c)
{
	bool host64 = c->exit & VM_EXIT_HOST_ADDR_SPACE_SIZE, la57 = F(HOST_CR4) >> 12 & 1;

	if (c->long_mode != host64)
		return false;
	if (c->exit & VM_EXIT_LOAD_CET_STATE) {
		if (host64 ? !canonical(F(HOST_S_CET), la57) || !canonical(F(HOST_SSP), la57) :
			     F(HOST_S_CET) >> 32 || F(HOST_SSP) >> 32)
			return false;
	}
	if (!host64)
		return !(c->entry & VM_ENTRY_IA32E_MODE) && !(F(HOST_CR4) >> 17 & 1) &&
		       !(F(HOST_RIP) >> 32);
	return (F(HOST_CR4) >> 5 & 1) && canonical(F(HOST_RIP), la57);
}

/* SDM "Checks on Guest Control Registers, Debug Registers, and MSRs" */
static bool guest_registers_ok(const struct check *c)
{
	const struct vmx_caps *caps = c->caps;
	bool ia32e = c->entry & VM_ENTRY_IA32E_MODE, paging = F(GUEST_CR0) >> 31;
	u64 loose = c->proc2 & SECONDARY_EXEC_UNRESTRICTED_GUEST ? X86_CR0_PE | X86_CR0_PG : 0;

	if ((~F(GUEST_CR0) & caps->cr0_fixed0 & ~loose) || (F(GUEST_CR0) & ~caps->cr0_fixed1) ||
	    (~F(GUEST_CR4) & caps->cr4_fixed0) || (F(GUEST_CR4) & ~caps->cr4_fixed1))
		return false;
	if (paging && !(F(GUEST_CR0) & 1))
		return false;
	if (ia32e && (!paging || !(F(GUEST_CR4) >> 5 & 1)))
		return false;
	if ((F(GUEST_CR4) >> 23 & 1) && !(F(GUEST_CR0) >> 16 & 1))
		return false;
	/* That SSP and IA32_S_CET have 32 bits outside IA-32e mode is the emulator's reading. */
	if ((c->entry & VM_ENTRY_LOAD_CET_STATE) &&
	    (!cet_ok(c, FI_GUEST_S_CET, true) ||
	     (!ia32e && (F(GUEST_S_CET) | F(GUEST_SSP)) >> 32)))
		return false;
	if ((c->entry & VM_ENTRY_LOAD_DEBUG_CONTROLS) &&
	    (F(GUEST_DR7) >> 32 || F(GUEST_IA32_DEBUGCTL) >> 16))
		return false;
	if ((c->entry & VM_ENTRY_LOAD_IA32_PERF_GLOBAL_CTRL) &&
	    (F(GUEST_IA32_PERF_GLOBAL_CTRL) & ~caps->counters))
		return false;
	if ((c->entry & VM_ENTRY_LOAD_IA32_PKRS) && F(GUEST_IA32_PKRS) >> 32)
		return false;
	if ((c->entry & VM_ENTRY_LOAD_IA32_PAT) && !pat_ok(F(GUEST_IA32_PAT)))
		return false;
	if (!(c->entry & VM_ENTRY_LOAD_IA32_EFER))
		return true;
	if (F(GUEST_IA32_EFER) & ~EFER_DEFINED || (F(GUEST_IA32_EFER) >> 10 & 1) != ia32e)
		return false;
	return !paging || (F(GUEST_IA32_EFER) >> 8 & 1) == ia32e;
}

/* SDM "Checks on Guest Non-Register State", VMCS link pointer */
static bool link_ok(const struct check *c)
{
	u64 link = F(VMCS_LINK_POINTER);
	u32 word = 0xffffffff;

	if (link == VMX_NO_VMCS)
		return true;
	if (!address_ok(c, link, 0xfff) || link == c->region)
		return false;
	/* A VMCS of Nestor's own may link one of Nestor's own, and no other may. */
	if (ram_hidden(c->region) && ram_hidden(link))
		memcpy(&word, ram_own(link), sizeof(word));
	else if (ram_at(link))
		memcpy(&word, ram_at(link), sizeof(word));
	if (c->proc2 & SECONDARY_EXEC_SHADOW_VMCS)
		word ^= 1u << 31;
	return word == VMX_BASIC_REVISION(c->caps->basic);
}

struct model_entry model_entry(const u64 *field, const struct vmx_caps *caps, u64 region,
			       bool long_mode)
{
	struct check check = { field, caps, .region = region, .long_mode = long_mode };
	const struct check *c = &check;

	check.pin = (u32)F(PIN_BASED_VM_EXEC_CONTROL);
	check.proc = (u32)F(CPU_BASED_VM_EXEC_CONTROL);
	check.proc2 = check.proc >> 31 ? (u32)F(SECONDARY_VM_EXEC_CONTROL) : 0;
	check.exit = (u32)F(VM_EXIT_CONTROLS);
	check.entry = (u32)F(VM_ENTRY_CONTROLS);
	if (!execution_controls_ok(c) || !exit_controls_ok(c) || !entry_controls_ok(c))
		return (struct model_entry){ .error = VMXERR_ENTRY_INVALID_CONTROL_FIELD };
	if (!host_registers_ok(c) || !host_segments_ok(c) || !address_space_ok(c))
		return (struct model_entry){ .error = VMXERR_ENTRY_INVALID_HOST_STATE_FIELD };
	if (!guest_registers_ok(c))
		return (struct model_entry){ .exit_reason = EXIT_REASON_INVALID_STATE |
							    VMX_EXIT_REASON_FAILED_VMENTRY };
	if (!link_ok(c))
		return (struct model_entry){
			.exit_reason = EXIT_REASON_INVALID_STATE | VMX_EXIT_REASON_FAILED_VMENTRY,
			.qualification = ENTRY_FAIL_VMCS_LINK_PTR,
		};
	return (struct model_entry){};
}

static void page_is_not_hidden(const u64 *field, u32 word, u32 bit, enum field_index address)
{
	if ((word & bit) && ram_hidden(field[address]))
		broken("the processor will use %s, which is Nestor's own", field_name(address));
}

void model_check_pages(const u64 *f)
{
	u32 pin = (u32)f[FI_PIN_BASED_VM_EXEC_CONTROL], proc = (u32)f[FI_CPU_BASED_VM_EXEC_CONTROL];
	u32 proc2 = proc >> 31 ? (u32)f[FI_SECONDARY_VM_EXEC_CONTROL] : 0;

	page_is_not_hidden(f, proc, CPU_BASED_USE_IO_BITMAPS, FI_IO_BITMAP_A);
	page_is_not_hidden(f, proc, CPU_BASED_USE_IO_BITMAPS, FI_IO_BITMAP_B);
	page_is_not_hidden(f, proc, CPU_BASED_USE_MSR_BITMAPS, FI_MSR_BITMAP);
	page_is_not_hidden(f, proc, CPU_BASED_TPR_SHADOW, FI_VIRTUAL_APIC_PAGE_ADDR);
	page_is_not_hidden(f, pin, PIN_BASED_POSTED_INTR, FI_POSTED_INTR_DESC_ADDR);
	page_is_not_hidden(f, proc2, SECONDARY_EXEC_ENABLE_PML, FI_PML_ADDRESS);
	page_is_not_hidden(f, proc2, SECONDARY_EXEC_SHADOW_VMCS, FI_VMREAD_BITMAP);
	page_is_not_hidden(f, proc2, SECONDARY_EXEC_SHADOW_VMCS, FI_VMWRITE_BITMAP);
	page_is_not_hidden(f, proc2, SECONDARY_EXEC_EPT_VIOLATION_VE, FI_VE_INFORMATION_ADDRESS);
	page_is_not_hidden(f, proc2, SECONDARY_EXEC_PASID_TRANSLATION, FI_LOW_PASID_DIRECTORY);
	page_is_not_hidden(f, proc2, SECONDARY_EXEC_PASID_TRANSLATION, FI_HIGH_PASID_DIRECTORY);
	/* Tables of which the processor reads what L1 has written are copies. */
	if ((proc2 & SECONDARY_EXEC_SPP) && !ram_hidden(f[FI_SPP_TABLE_POINTER]))
		broken("the processor will walk L1's sub-page-permission table");
	if (f[FI_VM_ENTRY_MSR_LOAD_ADDR] < RAM_HIDDEN_END &&
	    f[FI_VM_ENTRY_MSR_LOAD_ADDR] + f[FI_VM_ENTRY_MSR_LOAD_COUNT] * 16 > RAM_HIDDEN)
		broken("the processor will load MSRs from Nestor's own memory");
}
