// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMCSs that can be entered: one per mode that a guest can begin in, with few controls. Programs break
 * them from there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "caps.h"
#include "names.h"
#include "state.h"
#include "text.h"
#include "arch/msr.h"
#include "arch/vmx.h"
#include "arch/x86.h"

static state_set_fn set;

struct segment_values { u16 selector; u64 base; u32 limit, access; };

static void set_segment(const char *name, struct segment_values values)
{
	char field[64];

	snprintf(field, sizeof(field), "GUEST_%s_SELECTOR", name);
	set(field, values.selector);
	snprintf(field, sizeof(field), "GUEST_%s_BASE", name);
	set(field, values.base);
	snprintf(field, sizeof(field), "GUEST_%s_LIMIT", name);
	set(field, values.limit);
	snprintf(field, sizeof(field), "GUEST_%s_AR_BYTES", name);
	set(field, values.access);
}

static void set_host(void)
{
	struct lhv_header *header = arena_header();

	set("HOST_CR0", caps.cr0);
	set("HOST_CR3", arena_pa + LHV_PML4);
	set("HOST_CR4", caps.cr4 | X86_CR4_VMXE);
	set("HOST_CS_SELECTOR", LHV_SEL_CS);
	set("HOST_SS_SELECTOR", LHV_SEL_DS);
	set("HOST_DS_SELECTOR", LHV_SEL_DS);
	set("HOST_ES_SELECTOR", LHV_SEL_DS);
	set("HOST_FS_SELECTOR", 0);
	set("HOST_GS_SELECTOR", 0);
	set("HOST_TR_SELECTOR", LHV_SEL_TSS);
	set("HOST_FS_BASE", 0x1000);
	set("HOST_GS_BASE", 0x2000);
	set("HOST_TR_BASE", header->tss);
	set("HOST_GDTR_BASE", header->gdt);
	set("HOST_IDTR_BASE", header->idt);
	set("HOST_IA32_SYSENTER_CS", header->sysenter_cs);
	set("HOST_IA32_SYSENTER_ESP", header->sysenter_esp);
	set("HOST_IA32_SYSENTER_EIP", header->sysenter_eip);
	set("HOST_IA32_PAT", caps.pat);
	set("HOST_IA32_EFER", caps.efer);
	set("HOST_IA32_PERF_GLOBAL_CTRL", 0);
	set("HOST_S_CET", 0);
	set("HOST_SSP", 0);
	set("HOST_INTR_SSP_TABLE", 0);
	set("HOST_RSP", header->host_stack);
	set("HOST_RIP", header->host_entry[0]);
}

static void set_controls(bool ia32e, u32 secondary)
{
	set("PIN_BASED_VM_EXEC_CONTROL", caps.pin0 | PIN_BASED_EXT_INTR_MASK);
	set("CPU_BASED_VM_EXEC_CONTROL", caps.cpu0 | CPU_BASED_HLT_EXITING |
	    (secondary ? CPU_BASED_ACTIVATE_SECONDARY_CONTROLS : 0));
	set("SECONDARY_VM_EXEC_CONTROL", secondary);
	set("VM_EXIT_CONTROLS", caps.exit0 | VM_EXIT_HOST_ADDR_SPACE_SIZE);
	set("VM_ENTRY_CONTROLS", caps.entry0 | (ia32e ? VM_ENTRY_IA32E_MODE : 0));
	set("EXCEPTION_BITMAP", 0);
	set("PAGE_FAULT_ERROR_CODE_MASK", 0);
	set("PAGE_FAULT_ERROR_CODE_MATCH", 0);
	set("CR3_TARGET_COUNT", 0);
	set("VM_EXIT_MSR_STORE_COUNT", 0);
	set("VM_EXIT_MSR_LOAD_COUNT", 0);
	set("VM_ENTRY_MSR_LOAD_COUNT", 0);
	set("VM_ENTRY_INTR_INFO_FIELD", 0);
	set("VM_ENTRY_EXCEPTION_ERROR_CODE", 0);
	set("VM_ENTRY_INSTRUCTION_LEN", 0);
	set("TPR_THRESHOLD", 0);
	set("CR0_GUEST_HOST_MASK", 0);
	set("CR4_GUEST_HOST_MASK", 0);
	set("CR0_READ_SHADOW", 0);
	set("CR4_READ_SHADOW", 0);
	set("TSC_OFFSET", 0);
	set("IO_BITMAP_A", arena_pa + LHV_CONTROL + 0x1000);
	set("IO_BITMAP_B", arena_pa + LHV_CONTROL + 0x2000);
	set("MSR_BITMAP", arena_pa + LHV_CONTROL);
	set("VIRTUAL_APIC_PAGE_ADDR", arena_pa + LHV_CONTROL + 0x3000);
	set("APIC_ACCESS_ADDR", arena_pa + LHV_CONTROL + 0x4000);
	set("VM_EXIT_MSR_STORE_ADDR", arena_pa + LHV_CONTROL + 0x5000);
	set("VM_EXIT_MSR_LOAD_ADDR", arena_pa + LHV_CONTROL + 0x6000);
	set("VM_ENTRY_MSR_LOAD_ADDR", arena_pa + LHV_CONTROL + 0x7000);
	set("PML_ADDRESS", arena_pa + LHV_CONTROL + 0x8000);
	set("VMREAD_BITMAP", arena_pa + LHV_CONTROL + 0x9000);
	set("VMWRITE_BITMAP", arena_pa + LHV_CONTROL + 0xa000);
	set("EPTP_LIST_ADDRESS", arena_pa + LHV_CONTROL + 0xb000);
	set("VE_INFORMATION_ADDRESS", arena_pa + LHV_CONTROL + 0xc000);
	set("SPP_TABLE_POINTER", arena_pa + LHV_EPT + 0x9000);
	set("VM_FUNCTION_CONTROL", 0);
	set("EPT_POINTER", (arena_pa + LHV_EPT) | VMX_EPTP_PWL_4 | MEM_TYPE_WB);
	set("VIRTUAL_PROCESSOR_ID", 1);
	set("GUEST_PML_INDEX", 511);
	set("TSC_MULTIPLIER", 1ull << 48);
	set("XSS_EXIT_BITMAP", 0);
	set("PLE_GAP", 128);
	set("PLE_WINDOW", 4096);
	set("VMX_PREEMPTION_TIMER_VALUE", 0x100000);
}

/* The rest of the guest state: what does not depend on the mode. */
static void set_guest(void)
{
	set("VMCS_LINK_POINTER", ~0ull);
	set("GUEST_IA32_DEBUGCTL", 0);
	set("GUEST_IA32_PAT", 0x0007040600070406ull);
	set("GUEST_IA32_PERF_GLOBAL_CTRL", 0);
	set("GUEST_S_CET", 0);
	set("GUEST_SSP", 0);
	set("GUEST_INTR_SSP_TABLE", 0);
	set("GUEST_INTERRUPTIBILITY_INFO", 0);
	set("GUEST_ACTIVITY_STATE", 0);
	set("GUEST_SYSENTER_CS", 0x08);
	set("GUEST_SYSENTER_ESP", 0x14000);
	set("GUEST_SYSENTER_EIP", 0x11000);
	set("GUEST_DR7", 0x400);
	set("GUEST_PENDING_DBG_EXCEPTIONS", 0);
	set("GUEST_GDTR_BASE", 0x1000);
	set("GUEST_GDTR_LIMIT", 0xff);
	set("GUEST_RFLAGS", 2);
	set("GUEST_RIP", 0x10000);
	set("GUEST_RSP", 0x15000);
	set("GUEST_PDPTR0", 0);
	set("GUEST_PDPTR1", 0);
	set("GUEST_PDPTR2", 0);
	set("GUEST_PDPTR3", 0);
	set_segment("LDTR", (struct segment_values){ 0, 0, 0, 0x10000 });
}

static void set_flat(u16 code, u32 code_access, u16 tr, u64 tss)
{
	static const char *const data[] = { "SS", "DS", "ES", "FS", "GS" };
	size_t i;

	set_segment("CS", (struct segment_values){ code, 0, 0xffffffff, code_access });
	for (i = 0; i < ARRAY_SIZE(data); i++)
		set_segment(data[i], (struct segment_values){ 0x10, 0, 0xffffffff, 0xc093 });
	set_segment("TR", (struct segment_values){ tr, tss, 0x67, 0x8b });
}

static void set_paging(u64 cr0, u64 cr3, u64 cr4, u64 efer)
{
	set("GUEST_CR0", (cr0 | caps.cr0_fixed0 | X86_CR0_ET) &
	    (cr0 & X86_CR0_PG ? ~0ull : ~(X86_CR0_PG | (cr0 & X86_CR0_PE ? 0 : X86_CR0_PE))));
	set("GUEST_CR3", cr3);
	set("GUEST_CR4", cr4 | caps.cr4_fixed0);
	set("GUEST_IA32_EFER", efer);
}

static void set_idt(u64 base, u32 limit)
{
	set("GUEST_IDTR_BASE", base);
	set("GUEST_IDTR_LIMIT", limit);
}

static void set_ia32e(u16 code, u32 access)
{
	set_paging(X86_CR0_PE | X86_CR0_PG | X86_CR0_WP, arena_pa + LHV_GUEST + 0x5000, X86_CR4_PAE,
		   EFER_LMA | EFER_LME | EFER_NX);
	set_flat(code, access, 0x50, 0x4000);
	set_idt(0x2000, 0xfff);
}

static void set_protected(u64 cr0, u64 cr3, u64 cr4)
{
	set_paging(cr0 | X86_CR0_PE, cr3, cr4, EFER_NX);
	set_flat(0x18, 0xc09b, 0x60, 0x4100);
	set_idt(0x3000, 0x7ff);
}

/* Segments as real-address mode has them, all on the guest's start but CS. */
static void set_16bit_segments(u32 access, u64 code_base)
{
	static const char *const data[] = { "SS", "DS", "ES", "FS", "GS" };
	size_t i;

	set_segment("CS", (struct segment_values){ code_base >> 4, code_base, 0xffff, access });
	for (i = 0; i < ARRAY_SIZE(data); i++)
		set_segment(data[i], (struct segment_values){ 0x1000, 0x10000, 0xffff, access });
	set("GUEST_RIP", 0);
	set("GUEST_RSP", 0x5000);
}

static void set_mode(const char *mode)
{
	u64 guest = arena_pa + LHV_GUEST;

	if (!strcmp(mode, "long")) {
		set_ia32e(0x08, 0xa09b);
	} else if (!strcmp(mode, "compat")) {
		set_ia32e(0x18, 0xc09b);
	} else if (!strcmp(mode, "pae")) {
		set_protected(X86_CR0_PG, guest + 0x9000, X86_CR4_PAE);
		set("GUEST_PDPTR0", (guest + 0xa000) | 1);
	} else if (!strcmp(mode, "prot32")) {
		set_protected(X86_CR0_PG, guest + 0xc000, X86_CR4_PSE);
	} else if (!strcmp(mode, "flat32")) {
		set_protected(0, 0, 0);
	} else if (!strcmp(mode, "prot16")) {
		set_protected(X86_CR0_PG, guest + 0xc000, X86_CR4_PSE);
		set_16bit_segments(0x93, 0x10000);
		set_segment("CS", (struct segment_values){ 0x28, 0x10000, 0xffff, 0x9b });
	} else if (!strcmp(mode, "real")) {
		set_paging(0, 0, 0, 0);
		set_flat(0, 0x9b, 0x60, 0x4100);
		set_16bit_segments(0x93, 0x10000);
		set_segment("CS", (struct segment_values){ 0x1000, 0x10000, 0xffff, 0x9b });
		set_idt(0, 0x3ff);
	} else if (!strcmp(mode, "v86")) {
		set_protected(X86_CR0_PG, guest + 0xc000, X86_CR4_PSE);
		set_16bit_segments(0xf3, 0x10000);
		set("GUEST_RFLAGS", X86_EFLAGS_VM | X86_EFLAGS_IOPL | 2);
	} else {
		text_die("no guest mode '%s'", mode);
	}
}

bool state_paging(const char *mode)
{
	return strcmp(mode, "real") && strcmp(mode, "flat32");
}

int state_code_mode(const char *mode)
{
	if (!strcmp(mode, "long"))
		return 64;
	return !strcmp(mode, "real") || !strcmp(mode, "v86") || !strcmp(mode, "prot16") ? 16 : 32;
}

static u32 option_bit(const char *option)
{
	static const struct constant options[] = {
		{ "ept", SECONDARY_EXEC_ENABLE_EPT },
		{ "vpid", SECONDARY_EXEC_ENABLE_VPID },
		{ "unrestricted", SECONDARY_EXEC_ENABLE_EPT | SECONDARY_EXEC_UNRESTRICTED_GUEST },
		{ "secondary", 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++)
		if (!strcmp(options[i].name, option))
			return options[i].value;
	text_die("state: no option '%s' (ept, vpid, unrestricted, secondary)", option);
}

void state_write(const char *mode, char **options, state_set_fn set_field)
{
	bool unpaged = !state_paging(mode);
	bool ia32e = !strcmp(mode, "long") || !strcmp(mode, "compat");
	u32 secondary = 0;

	set = set_field;
	if (unpaged)
		secondary = option_bit("unrestricted");
	for (; *options; options++)
		secondary |= option_bit(*options);
	set_controls(ia32e, secondary);
	set_host();
	set_guest();
	set_mode(mode);
}
