// SPDX-License-Identifier: GPL-2.0-only
/*
 * VM-entry checks that the processor cannot make for L1, because Nestor forces or replaces what
 * they look at. All others are left to the processor, which makes them on VMCS02.
 */
#include "errors.h"
#include "machine-contract.h"
#include "nested.h"
#include "operand.h"

#define TI_AND_RPL 7

static bool check_capabilities(const struct nested *n, const struct vmcs_slot *slot)
{
	const struct vmx_caps *caps = n->caps;

	if (!vmx_ctls_valid(&caps->pin, SOFT(slot, PIN_BASED_VM_EXEC_CONTROL)) ||
	    !vmx_ctls_valid(&caps->proc, SOFT(slot, CPU_BASED_VM_EXEC_CONTROL)) ||
	    !vmx_ctls_valid(&caps->exit, SOFT(slot, VM_EXIT_CONTROLS)) ||
	    !vmx_ctls_valid(&caps->entry, SOFT(slot, VM_ENTRY_CONTROLS)))
		return false;
	return !(SOFT(slot, CPU_BASED_VM_EXEC_CONTROL) & CPU_BASED_ACTIVATE_SECONDARY_CONTROLS) ||
	       vmx_ctls_valid(&caps->proc2, SOFT(slot, SECONDARY_VM_EXEC_CONTROL));
}

/* SDM "VM-Execution Control Fields": what demands EPT, which VMCS02 always has. */
static bool check_ept(const struct nested *n, const struct vmcs_slot *slot)
{
	const u32 need_ept = SECONDARY_EXEC_UNRESTRICTED_GUEST | SECONDARY_EXEC_ENABLE_PML |
			     SECONDARY_EXEC_MODE_BASED_EPT_EXEC | SECONDARY_EXEC_SPP |
			     SECONDARY_EXEC_PT_USE_GPA;

	if (slot_uses_secondary(slot, SECONDARY_EXEC_ENABLE_EPT))
		return eptp_valid(n, SOFT(slot, EPT_POINTER));
	return !slot_uses_secondary(slot, need_ept);
}

/* VM functions: VMCS02 has none enabled, L1's are software's. */
static bool check_vmfunc(const struct nested *n, const struct vmcs_slot *slot)
{
	u64 functions = SOFT(slot, VM_FUNCTION_CONTROL);

	if (!slot_uses_secondary(slot, SECONDARY_EXEC_ENABLE_VMFUNC))
		return true;
	if (functions & ~n->caps->vmfunc)
		return false;
	if (!(functions & VMX_VMFUNC_EPTP_SWITCHING))
		return true;
	return slot_uses_secondary(slot, SECONDARY_EXEC_ENABLE_EPT) &&
	       !(SOFT(slot, EPTP_LIST_ADDRESS) & PAGE_4K_MASK) &&
	       !(SOFT(slot, EPTP_LIST_ADDRESS) >> n->caps->maxphyaddr);
}

static bool page_valid(const struct nested *n, u64 pa)
{
	return !(pa & PAGE_4K_MASK) && !(pa >> n->caps->maxphyaddr);
}

/* Bitmaps of VMCS shadowing and the #VE page are not given to the processor. */
static bool check_replaced_pages(const struct nested *n, const struct vmcs_slot *slot)
{
	if (slot_uses_secondary(slot, SECONDARY_EXEC_SHADOW_VMCS) &&
	    (!page_valid(n, SOFT(slot, VMREAD_BITMAP)) ||
	     !page_valid(n, SOFT(slot, VMWRITE_BITMAP))))
		return false;
	return !slot_uses_secondary(slot, SECONDARY_EXEC_EPT_VIOLATION_VE) ||
	       page_valid(n, SOFT(slot, VE_INFORMATION_ADDRESS));
}

/* MSR lists: 16-byte aligned, within the physical-address width to their last byte. */
static bool list_valid(const struct nested *n, u64 count, u64 address)
{
	u64 last = address + count * 16 - 1;

	return !count || (!(address & 15) && !machine_block_hidden(address >> 21) &&
			  !machine_block_hidden(last >> 21) && !(address >> n->caps->maxphyaddr) &&
			  !(last >> n->caps->maxphyaddr));
}

static bool check_msr_lists(const struct nested *n, const struct vmcs_slot *slot)
{
	return list_valid(n, SOFT(slot, VM_EXIT_MSR_STORE_COUNT),
			  SOFT(slot, VM_EXIT_MSR_STORE_ADDR)) &&
	       list_valid(n, SOFT(slot, VM_EXIT_MSR_LOAD_COUNT),
			  SOFT(slot, VM_EXIT_MSR_LOAD_ADDR)) &&
	       list_valid(n, SOFT(slot, VM_ENTRY_MSR_LOAD_COUNT),
			  SOFT(slot, VM_ENTRY_MSR_LOAD_ADDR));
}

/* SDM "VM-Exit Control Fields": saving the timer needs the timer. */
static bool check_timer(const struct vmcs_slot *slot)
{
	return (SOFT(slot, PIN_BASED_VM_EXEC_CONTROL) & PIN_BASED_VMX_PREEMPTION_TIMER) ||
	       !(SOFT(slot, VM_EXIT_CONTROLS) & VM_EXIT_SAVE_VMX_PREEMPTION_TIMER);
}

/*
 * The processor reads and writes these pages for L1, by physical address: a page of Nestor's own
 * must not be among them. On the bare machine nothing is known of such pages, so nothing legitimate
 * is refused.
 */
static bool check_own_memory(const struct vmcs_slot *slot)
{
	static const u8 pages[] = {
		FI_IO_BITMAP_A,
		FI_IO_BITMAP_B,
		FI_MSR_BITMAP,
		FI_PML_ADDRESS,
		FI_VIRTUAL_APIC_PAGE_ADDR,
		FI_POSTED_INTR_DESC_ADDR,
		FI_PID_POINTER_TABLE,
		FI_LOW_PASID_DIRECTORY,
		FI_HIGH_PASID_DIRECTORY,
		FI_SPP_TABLE_POINTER,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		if (machine_block_hidden(slot->value[pages[i]] >> 21))
			return false;
	}
	return true;
}

/* SDM "Checks on Host Control Registers, MSRs, and SSP" */
static bool check_host_registers(const struct nested *n, const struct vmcs_slot *slot)
{
	const struct vmx_caps *caps = n->caps;
	u64 cr0 = SOFT(slot, HOST_CR0), cr4 = SOFT(slot, HOST_CR4);
	bool la57 = cr4 & X86_CR4_LA57;

	if ((cr0 & caps->cr0_fixed0) != caps->cr0_fixed0 || (cr0 & ~caps->cr0_fixed1) ||
	    (cr4 & caps->cr4_fixed0) != caps->cr4_fixed0 || (cr4 & ~caps->cr4_fixed1))
		return false;
	/* Unrestricted guest loosens CR0.PE and CR0.PG for guests only. */
	if (!(cr0 & X86_CR0_PE) || !(cr0 & X86_CR0_PG))
		return false;
	if (SOFT(slot, HOST_CR3) >> caps->maxphyaddr)
		return false;
	return linear_canonical(SOFT(slot, HOST_IA32_SYSENTER_ESP), la57) &&
	       linear_canonical(SOFT(slot, HOST_IA32_SYSENTER_EIP), la57);
}

static bool pat_valid(u64 pat)
{
	unsigned int i;

	for (i = 0; i < 8; i++, pat >>= 8) {
		u8 type = pat;

		if (type > MEM_TYPE_UC_MINUS || type == 2 || type == 3)
			return false;
	}
	return true;
}

static bool efer_valid(u64 efer, bool long_mode)
{
	const u64 known = EFER_SCE | EFER_LME | EFER_LMA | EFER_NX;
	u64 want = long_mode ? EFER_LMA | EFER_LME : 0;

	return !(efer & ~known) && (efer & (EFER_LMA | EFER_LME)) == want;
}

static bool check_host_msrs(const struct vmcs_slot *slot)
{
	u32 exit = SOFT(slot, VM_EXIT_CONTROLS);

	if ((exit & VM_EXIT_LOAD_IA32_PAT) && !pat_valid(SOFT(slot, HOST_IA32_PAT)))
		return false;
	return !(exit & VM_EXIT_LOAD_IA32_EFER) ||
	       efer_valid(SOFT(slot, HOST_IA32_EFER), exit & VM_EXIT_HOST_ADDR_SPACE_SIZE);
}

/* SDM "Checks on Host Segment and Descriptor-Table Registers" */
static bool check_host_segments(const struct vmcs_slot *slot)
{
	bool la57 = SOFT(slot, HOST_CR4) & X86_CR4_LA57;
	u64 selectors = SOFT(slot, HOST_ES_SELECTOR) | SOFT(slot, HOST_CS_SELECTOR) |
			SOFT(slot, HOST_SS_SELECTOR) | SOFT(slot, HOST_DS_SELECTOR) |
			SOFT(slot, HOST_FS_SELECTOR) | SOFT(slot, HOST_GS_SELECTOR) |
			SOFT(slot, HOST_TR_SELECTOR);

	if ((selectors & TI_AND_RPL) || !SOFT(slot, HOST_CS_SELECTOR) ||
	    !SOFT(slot, HOST_TR_SELECTOR))
		return false;
	if (!SOFT(slot, HOST_SS_SELECTOR) &&
	    !(SOFT(slot, VM_EXIT_CONTROLS) & VM_EXIT_HOST_ADDR_SPACE_SIZE))
		return false;
	return linear_canonical(SOFT(slot, HOST_FS_BASE), la57) &&
	       linear_canonical(SOFT(slot, HOST_GS_BASE), la57) &&
	       linear_canonical(SOFT(slot, HOST_TR_BASE), la57) &&
	       linear_canonical(SOFT(slot, HOST_GDTR_BASE), la57) &&
	       linear_canonical(SOFT(slot, HOST_IDTR_BASE), la57);
}

/* SDM "Checks Related to Address-Space Size"; L1 is in IA-32e mode if @long_mode. */
static bool check_address_space(const struct vmcs_slot *slot, bool long_mode)
{
	bool host64 = SOFT(slot, VM_EXIT_CONTROLS) & VM_EXIT_HOST_ADDR_SPACE_SIZE;
	bool guest64 = SOFT(slot, VM_ENTRY_CONTROLS) & VM_ENTRY_IA32E_MODE;
	u64 cr4 = SOFT(slot, HOST_CR4);

	if (long_mode != host64 || (guest64 && !host64))
		return false;
	if (host64)
		return (cr4 & X86_CR4_PAE) &&
		       linear_canonical(SOFT(slot, HOST_RIP), cr4 & X86_CR4_LA57);
	return !(cr4 & X86_CR4_PCIDE) && !(SOFT(slot, HOST_RIP) >> 32);
}

u32 check_entry(struct nested *n, const struct vmcs_slot *slot, bool long_mode)
{
	if (!check_capabilities(n, slot) || !check_ept(n, slot) || !check_vmfunc(n, slot) ||
	    !check_replaced_pages(n, slot) || !check_msr_lists(n, slot) || !check_timer(slot) ||
	    !check_own_memory(slot))
		return VMXERR_ENTRY_INVALID_CONTROL_FIELD;
	if (!check_host_registers(n, slot) || !check_host_msrs(slot) ||
	    !check_host_segments(slot) || !check_address_space(slot, long_mode))
		return VMXERR_ENTRY_INVALID_HOST_STATE_FIELD;
	return 0;
}
