// SPDX-License-Identifier: GPL-2.0-only
/*
 * VM-entry checks that the processor cannot make for L1, because Nestor forces or replaces what
 * they look at. All others are left to the processor, which makes them on VMCS02.
 *
 * Each returns CHECK_PASSED or the check that failed (checks.def), in the SDM's order.
 */
#include "arch/msr.h"
#include "arch/reasons.h"
#include "arch/vmx.h"
#include "arch/x86.h"
#include "l1/operand.h"
#include "machine/contract.h"
#include "run/checks.h"

#define TI_AND_RPL 7

/* The number of the check of a list's length, after that of Nestor's memory in it */
#define LONG_AFTER_OWN (CHECK_LONG_STORE_LIST - CHECK_OWN_STORE_LIST)

_Static_assert(NR_ENTRY_CHECKS <= 256, "struct nested holds checks in bytes");

static enum entry_check check_capabilities(const struct nested *n, const struct vmcs_slot *slot)
{
	const struct vmx_caps *caps = n->caps;

	if (!vmx_ctls_valid(&caps->pin, SOFT(slot, PIN_BASED_VM_EXEC_CONTROL)))
		return CHECK_PIN;
	if (!vmx_ctls_valid(&caps->proc, SOFT(slot, CPU_BASED_VM_EXEC_CONTROL)))
		return CHECK_PROC;
	if ((SOFT(slot, CPU_BASED_VM_EXEC_CONTROL) & CPU_BASED_ACTIVATE_SECONDARY_CONTROLS) &&
	    !vmx_ctls_valid(&caps->proc2, SOFT(slot, SECONDARY_VM_EXEC_CONTROL)))
		return CHECK_PROC2;
	if ((SOFT(slot, CPU_BASED_VM_EXEC_CONTROL) & CPU_BASED_ACTIVATE_TERTIARY_CONTROLS) &&
	    (SOFT(slot, TERTIARY_VM_EXEC_CONTROL) & ~caps->proc3))
		return CHECK_PROC3;
	if (!vmx_ctls_valid(&caps->exit, SOFT(slot, VM_EXIT_CONTROLS)))
		return CHECK_EXIT;
	if (!vmx_ctls_valid(&caps->entry, SOFT(slot, VM_ENTRY_CONTROLS)))
		return CHECK_ENTRY;
	return CHECK_PASSED;
}

/* The controls that demand EPT (SDM "VM-Execution Control Fields"), which VMCS02 always has. */
static enum entry_check check_without_ept(const struct vmcs_slot *slot)
{
	if (slot_uses_secondary(slot, SECONDARY_EXEC_UNRESTRICTED_GUEST))
		return CHECK_UNRESTRICTED;
	if (slot_uses_secondary(slot, SECONDARY_EXEC_ENABLE_PML))
		return CHECK_PML;
	if (slot_uses_secondary(slot, SECONDARY_EXEC_MODE_BASED_EPT_EXEC))
		return CHECK_MODE_BASED;
	if (slot_uses_secondary(slot, SECONDARY_EXEC_SPP))
		return CHECK_SPP;
	if (slot_uses_secondary(slot, SECONDARY_EXEC_PT_USE_GPA))
		return CHECK_PT_GPA;
	return CHECK_PASSED;
}

enum entry_check check_eptp(const struct nested *n, u64 eptp)
{
	u64 caps = n->caps->ept_vpid;
	u64 type = eptp & VMX_EPTP_MT_MASK, length = eptp & VMX_EPTP_PWL_MASK;

	if (!(type == MEM_TYPE_UC && (caps & VMX_EPTP_UC_BIT)) &&
	    !(type == MEM_TYPE_WB && (caps & VMX_EPTP_WB_BIT)))
		return CHECK_EPTP_TYPE;
	if (!(length == VMX_EPTP_PWL_4 && (caps & VMX_EPT_PAGE_WALK_4_BIT)) &&
	    !(length == VMX_EPTP_PWL_5 && (caps & VMX_EPT_PAGE_WALK_5_BIT)))
		return CHECK_EPTP_LENGTH;
	if ((eptp & VMX_EPTP_AD_ENABLE_BIT) && !(caps & VMX_EPT_AD_BIT))
		return CHECK_EPTP_AD;
	if ((eptp & VMX_EPTP_SUPERVISOR_SHADOW_STACK) &&
	    !(caps & VMX_EPT_SUPERVISOR_SHADOW_STACK_BIT))
		return CHECK_EPTP_SSS;
	if ((eptp & VMX_EPTP_RESERVED_LOW) || eptp >> n->caps->maxphyaddr)
		return CHECK_EPTP_RESERVED;
	return CHECK_PASSED;
}

static enum entry_check check_ept(const struct nested *n, const struct vmcs_slot *slot)
{
	if (slot_uses_secondary(slot, SECONDARY_EXEC_ENABLE_EPT))
		return check_eptp(n, SOFT(slot, EPT_POINTER));
	return check_without_ept(slot);
}

/*
 * An address that must be that of a page. @check is for its alignment, the next one for its width.
 */
static enum entry_check check_page(const struct nested *n, u64 pa, enum entry_check check)
{
	if (pa & PAGE_4K_MASK)
		return check;
	return pa >> n->caps->maxphyaddr ? check + 1 : CHECK_PASSED;
}

_Static_assert(CHECK_EPTP_LIST_WIDTH == CHECK_EPTP_LIST + 1, "check_page()");
_Static_assert(CHECK_VMREAD_WIDTH == CHECK_VMREAD + 1, "check_page()");
_Static_assert(CHECK_VMWRITE_WIDTH == CHECK_VMWRITE + 1, "check_page()");
_Static_assert(CHECK_VE_WIDTH == CHECK_VE + 1, "check_page()");
_Static_assert(CHECK_PML_LOG_WIDTH == CHECK_PML_LOG + 1, "check_page()");
_Static_assert(CHECK_SPPTP_WIDTH == CHECK_SPPTP + 1, "check_page()");

/* VMCS02 has no VM function enabled, because software executes those of L1. */
static enum entry_check check_vmfunc(const struct nested *n, const struct vmcs_slot *slot)
{
	u64 functions = SOFT(slot, VM_FUNCTION_CONTROL);

	if (!slot_uses_secondary(slot, SECONDARY_EXEC_ENABLE_VMFUNC))
		return CHECK_PASSED;
	if (functions & ~n->caps->vmfunc)
		return CHECK_VMFUNC;
	if (!(functions & VMX_VMFUNC_EPTP_SWITCHING))
		return CHECK_PASSED;
	if (!slot_uses_secondary(slot, SECONDARY_EXEC_ENABLE_EPT))
		return CHECK_EPTP_SWITCHING;
	return check_page(n, SOFT(slot, EPTP_LIST_ADDRESS), CHECK_EPTP_LIST);
}

/* The processor is not given L1's bitmaps of VMCS shadowing, #VE page, log of PML and SPPT12. */
static enum entry_check check_replaced_pages(const struct nested *n, const struct vmcs_slot *slot)
{
	enum entry_check check = CHECK_PASSED;

	if (slot_uses_secondary(slot, SECONDARY_EXEC_SHADOW_VMCS)) {
		check = check_page(n, SOFT(slot, VMREAD_BITMAP), CHECK_VMREAD);
		if (!check)
			check = check_page(n, SOFT(slot, VMWRITE_BITMAP), CHECK_VMWRITE);
	}
	if (!check && slot_uses_secondary(slot, SECONDARY_EXEC_EPT_VIOLATION_VE))
		check = check_page(n, SOFT(slot, VE_INFORMATION_ADDRESS), CHECK_VE);
	if (!check && slot_uses_secondary(slot, SECONDARY_EXEC_ENABLE_PML))
		check = check_page(n, slot->value[FI_PML_ADDRESS], CHECK_PML_LOG);
	if (!check && slot_uses_secondary(slot, SECONDARY_EXEC_SPP))
		check = check_page(n, SOFT(slot, SPP_TABLE_POINTER), CHECK_SPPTP);
	return check;
}

_Static_assert(VMX_MISC_MSR_LIST_MAX * 16 <= 1 << 21, "a list is in two blocks at most");

/* Does an MSR list touch Nestor's own memory? */
static bool touches_own_memory(u64 first, u64 last)
{
	return machine_block_hidden(first >> 21) || machine_block_hidden(last >> 21);
}

/*
 * An MSR list must be aligned to 16 bytes and within the physical-address width to its last byte.
 * @check is for its alignment, the next two are for the width and the end, @own is for
 * Nestor's memory.
 *
 * What a list does that is longer than any processor recommends is undefined. It is refused,
 * because interrupts wait until root, or the processor, has come to the end of it.
 */
static enum entry_check check_list(const struct nested *n, u64 count, u64 address,
				   enum entry_check check, enum entry_check own)
{
	u64 last = address + count * 16 - 1;

	if (!count)
		return CHECK_PASSED;
	if (address & 15)
		return check;
	if (address >> n->caps->maxphyaddr)
		return check + 1;
	if (last >> n->caps->maxphyaddr)
		return check + 2;
	if (count > VMX_MISC_MSR_LIST_MAX)
		return own + LONG_AFTER_OWN;
	return touches_own_memory(address, last) ? own : CHECK_PASSED;
}

_Static_assert(CHECK_LONG_STORE_LIST == CHECK_OWN_STORE_LIST + LONG_AFTER_OWN, "check_list()");
_Static_assert(CHECK_LONG_LOAD_LIST == CHECK_OWN_LOAD_LIST + LONG_AFTER_OWN, "check_list()");
_Static_assert(CHECK_LONG_ENTRY_LIST == CHECK_OWN_ENTRY_LIST + LONG_AFTER_OWN, "check_list()");
_Static_assert(CHECK_STORE_LIST_WIDTH == CHECK_STORE_LIST + 1, "check_list()");
_Static_assert(CHECK_STORE_LIST_END == CHECK_STORE_LIST + 2, "check_list()");
_Static_assert(CHECK_LOAD_LIST_WIDTH == CHECK_LOAD_LIST + 1, "check_list()");
_Static_assert(CHECK_LOAD_LIST_END == CHECK_LOAD_LIST + 2, "check_list()");
_Static_assert(CHECK_ENTRY_LIST_WIDTH == CHECK_ENTRY_LIST + 1, "check_list()");
_Static_assert(CHECK_ENTRY_LIST_END == CHECK_ENTRY_LIST + 2, "check_list()");

static enum entry_check check_msr_lists(const struct nested *n, const struct vmcs_slot *slot)
{
	enum entry_check check;

	check = check_list(n, SOFT(slot, VM_EXIT_MSR_STORE_COUNT),
			   SOFT(slot, VM_EXIT_MSR_STORE_ADDR), CHECK_STORE_LIST,
			   CHECK_OWN_STORE_LIST);
	if (check)
		return check;
	check = check_list(n, SOFT(slot, VM_EXIT_MSR_LOAD_COUNT), SOFT(slot, VM_EXIT_MSR_LOAD_ADDR),
			   CHECK_LOAD_LIST, CHECK_OWN_LOAD_LIST);
	if (check)
		return check;
	return check_list(n, SOFT(slot, VM_ENTRY_MSR_LOAD_COUNT),
			  SOFT(slot, VM_ENTRY_MSR_LOAD_ADDR), CHECK_ENTRY_LIST,
			  CHECK_OWN_ENTRY_LIST);
}

/* To save the timer there must be one (SDM "VM-Exit Control Fields"). */
static enum entry_check check_timer(const struct vmcs_slot *slot)
{
	if (!(SOFT(slot, PIN_BASED_VM_EXEC_CONTROL) & PIN_BASED_VMX_PREEMPTION_TIMER) &&
	    (SOFT(slot, VM_EXIT_CONTROLS) & VM_EXIT_SAVE_VMX_PREEMPTION_TIMER))
		return CHECK_SAVE_TIMER;
	return CHECK_PASSED;
}

enum control_word { PIN, PROC, PROC2 };

/* Is an address used? If its control is off it may be anything. */
static bool is_used(const struct vmcs_slot *slot, enum control_word word, u32 bit)
{
	switch (word) {
	case PIN:
		return SOFT(slot, PIN_BASED_VM_EXEC_CONTROL) & bit;
	case PROC:
		return SOFT(slot, CPU_BASED_VM_EXEC_CONTROL) & bit;
	default:
		return slot_uses_secondary(slot, bit);
	}
}

/*
 * The processor reads and writes these pages for L1, by physical address, so none may be Nestor's
 * own. L1 cannot know of Nestor's pages, so nothing legitimate is refused.
 */
static enum entry_check check_own_memory(const struct vmcs_slot *slot)
{
	static const struct {
		u8 field;
		u8 check;
		u8 word;
		u32 bit;
	} pages[] = {
		{ FI_IO_BITMAP_A, CHECK_OWN_IO_A, PROC, CPU_BASED_USE_IO_BITMAPS },
		{ FI_IO_BITMAP_B, CHECK_OWN_IO_B, PROC, CPU_BASED_USE_IO_BITMAPS },
		{ FI_MSR_BITMAP, CHECK_OWN_MSR_BITMAP, PROC, CPU_BASED_USE_MSR_BITMAPS },
		{ FI_PML_ADDRESS, CHECK_OWN_PML, PROC2, SECONDARY_EXEC_ENABLE_PML },
		{ FI_VIRTUAL_APIC_PAGE_ADDR, CHECK_OWN_VIRTUAL_APIC, PROC, CPU_BASED_TPR_SHADOW },
		{ FI_POSTED_INTR_DESC_ADDR, CHECK_OWN_POSTED, PIN, PIN_BASED_POSTED_INTR },
		{ FI_PID_POINTER_TABLE, CHECK_OWN_PID_TABLE, PROC,
		  CPU_BASED_ACTIVATE_TERTIARY_CONTROLS },
		{ FI_LOW_PASID_DIRECTORY, CHECK_OWN_LOW_PASID, PROC2,
		  SECONDARY_EXEC_PASID_TRANSLATION },
		{ FI_HIGH_PASID_DIRECTORY, CHECK_OWN_HIGH_PASID, PROC2,
		  SECONDARY_EXEC_PASID_TRANSLATION },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		if (is_used(slot, pages[i].word, pages[i].bit) &&
		    machine_block_hidden(slot->value[pages[i].field] >> 21))
			return pages[i].check;
	}
	return CHECK_PASSED;
}

/* Where CR4.LAM_SUP may be set, two bits of CR3 are not reserved (SDM "Linear-Address Masking"). */
static bool cr3_valid(const struct vmx_caps *caps, u64 cr3)
{
	if (caps->cr4_fixed1 & X86_CR4_LAM_SUP)
		cr3 &= ~(X86_CR3_LAM_U57 | X86_CR3_LAM_U48);
	return !(cr3 >> caps->maxphyaddr);
}

/* SDM "Checks on Host Control Registers, MSRs, and SSP" */
static enum entry_check check_host_registers(const struct nested *n, const struct vmcs_slot *slot)
{
	/* "Unrestricted guest" frees CR0.PE and CR0.PG for guests only. */
	const u64 paging = X86_CR0_PE | X86_CR0_PG;
	const struct vmx_caps *caps = n->caps;
	u64 cr0 = SOFT(slot, HOST_CR0), cr4 = SOFT(slot, HOST_CR4);
	bool la57 = cr4 & X86_CR4_LA57;

	if (~cr0 & (caps->cr0_fixed0 | paging) || (cr0 & ~caps->cr0_fixed1))
		return CHECK_HOST_CR0;
	if (~cr4 & caps->cr4_fixed0 || (cr4 & ~caps->cr4_fixed1))
		return CHECK_HOST_CR4;
	if ((cr4 & X86_CR4_CET) && !(cr0 & X86_CR0_WP))
		return CHECK_HOST_CET_WP;
	if (!cr3_valid(caps, SOFT(slot, HOST_CR3)))
		return CHECK_HOST_CR3;
	if (!linear_canonical(SOFT(slot, HOST_IA32_SYSENTER_ESP), la57))
		return CHECK_HOST_SYSENTER_ESP;
	if (!linear_canonical(SOFT(slot, HOST_IA32_SYSENTER_EIP), la57))
		return CHECK_HOST_SYSENTER_EIP;
	return CHECK_PASSED;
}

bool check_pat(u64 pat)
{
	unsigned int i;

	for (i = 0; i < 8; i++, pat >>= 8) {
		u8 type = pat;

		if (type > MEM_TYPE_UC_MINUS || type == 2 || type == 3)
			return false;
	}
	return true;
}

static enum entry_check check_host_efer(u64 efer, bool host64)
{
	const u64 known = EFER_SCE | EFER_LME | EFER_LMA | EFER_NX, mode = EFER_LMA | EFER_LME;

	if (efer & ~known)
		return CHECK_HOST_EFER;
	return (efer & mode) == (host64 ? mode : 0) ? CHECK_PASSED : CHECK_HOST_EFER_MODE;
}

static enum entry_check check_host_cet(const struct nested *n, const struct vmcs_slot *slot)
{
	const u64 tracker = S_CET_SUPPRESS | S_CET_TRACKER;
	u64 s_cet = SOFT(slot, HOST_S_CET);

	if (!(SOFT(slot, VM_EXIT_CONTROLS) & VM_EXIT_LOAD_CET_STATE))
		return CHECK_PASSED;
	if (s_cet & ~n->caps->s_cet)
		return CHECK_HOST_S_CET;
	if ((s_cet & tracker) == tracker)
		return CHECK_HOST_S_CET_TRACKER;
	if (SOFT(slot, HOST_SSP) & 3)
		return CHECK_HOST_SSP_ALIGNED;
	if (!linear_canonical(SOFT(slot, HOST_INTR_SSP_TABLE), SOFT(slot, HOST_CR4) & X86_CR4_LA57))
		return CHECK_HOST_SSP_TABLE;
	return CHECK_PASSED;
}

static enum entry_check check_host_msrs(const struct nested *n, const struct vmcs_slot *slot)
{
	u32 exit = SOFT(slot, VM_EXIT_CONTROLS);

	if ((exit & VM_EXIT_LOAD_IA32_PERF_GLOBAL_CTRL) &&
	    (SOFT(slot, HOST_IA32_PERF_GLOBAL_CTRL) & ~n->caps->counters))
		return CHECK_HOST_COUNTERS;
	if ((exit & VM_EXIT_LOAD_IA32_PAT) && !check_pat(SOFT(slot, HOST_IA32_PAT)))
		return CHECK_HOST_PAT;
	if ((exit & VM_EXIT_LOAD_IA32_PKRS) && SOFT(slot, HOST_IA32_PKRS) >> 32)
		return CHECK_HOST_PKRS;
	if (exit & VM_EXIT_LOAD_IA32_EFER)
		return check_host_efer(SOFT(slot, HOST_IA32_EFER),
				       exit & VM_EXIT_HOST_ADDR_SPACE_SIZE);
	return CHECK_PASSED;
}

static enum entry_check check_host_bases(const struct vmcs_slot *slot)
{
	bool la57 = SOFT(slot, HOST_CR4) & X86_CR4_LA57;

	if (!linear_canonical(SOFT(slot, HOST_FS_BASE), la57))
		return CHECK_HOST_FS_BASE;
	if (!linear_canonical(SOFT(slot, HOST_GS_BASE), la57))
		return CHECK_HOST_GS_BASE;
	if (!linear_canonical(SOFT(slot, HOST_TR_BASE), la57))
		return CHECK_HOST_TR_BASE;
	if (!linear_canonical(SOFT(slot, HOST_GDTR_BASE), la57))
		return CHECK_HOST_GDTR_BASE;
	if (!linear_canonical(SOFT(slot, HOST_IDTR_BASE), la57))
		return CHECK_HOST_IDTR_BASE;
	return CHECK_PASSED;
}

/* SDM "Checks on Host Segment and Descriptor-Table Registers" */
static enum entry_check check_host_segments(const struct vmcs_slot *slot)
{
	u64 selectors = SOFT(slot, HOST_ES_SELECTOR) | SOFT(slot, HOST_CS_SELECTOR) |
			SOFT(slot, HOST_SS_SELECTOR) | SOFT(slot, HOST_DS_SELECTOR) |
			SOFT(slot, HOST_FS_SELECTOR) | SOFT(slot, HOST_GS_SELECTOR) |
			SOFT(slot, HOST_TR_SELECTOR);

	if (selectors & TI_AND_RPL)
		return CHECK_HOST_SELECTOR;
	if (!SOFT(slot, HOST_CS_SELECTOR))
		return CHECK_HOST_CS;
	if (!SOFT(slot, HOST_TR_SELECTOR))
		return CHECK_HOST_TR;
	if (!SOFT(slot, HOST_SS_SELECTOR) &&
	    !(SOFT(slot, VM_EXIT_CONTROLS) & VM_EXIT_HOST_ADDR_SPACE_SIZE))
		return CHECK_HOST_SS;
	return check_host_bases(slot);
}

static enum entry_check check_cet_size(const struct vmcs_slot *slot, bool host64)
{
	u64 s_cet = SOFT(slot, HOST_S_CET), ssp = SOFT(slot, HOST_SSP);
	bool la57 = SOFT(slot, HOST_CR4) & X86_CR4_LA57;

	if (!(SOFT(slot, VM_EXIT_CONTROLS) & VM_EXIT_LOAD_CET_STATE))
		return CHECK_PASSED;
	if (!host64) {
		if (s_cet >> 32)
			return CHECK_HOST_S_CET_32;
		return ssp >> 32 ? CHECK_HOST_SSP_32 : CHECK_PASSED;
	}
	if (!linear_canonical(s_cet, la57))
		return CHECK_HOST_S_CET_64;
	return linear_canonical(ssp, la57) ? CHECK_PASSED : CHECK_HOST_SSP_64;
}

/* SDM "Checks Related to Address-Space Size"; @long_mode says whether L1 is in IA-32e mode. */
static enum entry_check check_address_space(const struct vmcs_slot *slot, bool long_mode)
{
	bool host64 = SOFT(slot, VM_EXIT_CONTROLS) & VM_EXIT_HOST_ADDR_SPACE_SIZE;
	u64 cr4 = SOFT(slot, HOST_CR4), rip = SOFT(slot, HOST_RIP);

	if (long_mode != host64)
		return host64 ? CHECK_HOST_SIZE_32 : CHECK_HOST_SIZE_64;
	if (host64) {
		if (!(cr4 & X86_CR4_PAE))
			return CHECK_HOST_PAE;
		return linear_canonical(rip, cr4 & X86_CR4_LA57) ? check_cet_size(slot, true) :
								   CHECK_HOST_RIP;
	}
	if (SOFT(slot, VM_ENTRY_CONTROLS) & VM_ENTRY_IA32E_MODE)
		return CHECK_HOST_SIZE_GUEST;
	if (cr4 & X86_CR4_PCIDE)
		return CHECK_HOST_PCIDE;
	return rip >> 32 ? CHECK_HOST_RIP_32 : check_cet_size(slot, false);
}

enum entry_check check_controls(const struct nested *n, const struct vmcs_slot *slot)
{
	enum entry_check check = check_capabilities(n, slot);

	if (!check)
		check = check_ept(n, slot);
	if (!check)
		check = check_vmfunc(n, slot);
	if (!check)
		check = check_replaced_pages(n, slot);
	if (!check)
		check = check_timer(slot);
	if (!check)
		check = check_msr_lists(n, slot);
	return check ? check : check_own_memory(slot);
}

enum entry_check check_host(const struct nested *n, const struct vmcs_slot *slot, bool long_mode)
{
	enum entry_check check = check_host_registers(n, slot);

	if (!check)
		check = check_host_msrs(n, slot);
	if (!check)
		check = check_host_cet(n, slot);
	if (!check)
		check = check_host_segments(slot);
	return check ? check : check_address_space(slot, long_mode);
}

/* SDM "Checks on Guest Non-Register State" */
enum entry_check check_link(const struct nested *n, const struct vmcs_slot *slot)
{
	u64 link = SOFT(slot, VMCS_LINK_POINTER);
	u32 id = ~0u, shadow = 0;

	if (link & PAGE_4K_MASK)
		return CHECK_LINK;
	if (link >> n->caps->maxphyaddr)
		return CHECK_LINK_WIDTH;
	if (link == slot->address)
		return CHECK_LINK_CURRENT;
	if (slot_uses_secondary(slot, SECONDARY_EXEC_SHADOW_VMCS))
		shadow = VMCS_SHADOW_INDICATOR;
	m_phys_read(link, &id, sizeof(id));
	if ((id & ~VMCS_SHADOW_INDICATOR) != VMX_BASIC_REVISION(n->caps->basic))
		return CHECK_LINK_REVISION;
	return (id & VMCS_SHADOW_INDICATOR) == shadow ? CHECK_PASSED : CHECK_LINK_SHADOW;
}

enum entry_check check_of_failure(const struct nested *n, u32 reason, u64 qualification)
{
	switch (reason & VMX_EXIT_REASON_BASIC_MASK) {
	case EXIT_REASON_MSR_LOAD_FAIL:
		return CHECK_HW_MSR_LOAD;
	case EXIT_REASON_MCE_DURING_VMENTRY:
		return CHECK_HW_MACHINE_CHECK;
	default:
		break;
	}
	switch (qualification) {
	case ENTRY_FAIL_PDPTE:
		return CHECK_HW_PDPTE;
	case ENTRY_FAIL_NMI:
		return CHECK_HW_NMI;
	case ENTRY_FAIL_VMCS_LINK_PTR:
		return n->link_check ? n->link_check : CHECK_HW_LINK;
	default:
		return CHECK_HW_GUEST;
	}
}
