// SPDX-License-Identifier: GPL-2.0-only
/*
 * The checks of VM entry that software makes, one by one: a VMCS that passes them all, with one
 * thing wrong, fails the check that is named after it.
 */
#include "run/checks.h"
#include "arch/checks.h"
#include "l1.h"
#include "ram.h"
#include "unit.h"

#define BEYOND		(1ull << 46)	/* the physical-address width is less */
#define NONCANONICAL	0x0000800000000000ull
#define PAGE		L1_PAGES
#define OTHER_VMCS	L1_VMCS(1)

static struct nested n;
static struct vmcs_slot slot;
static struct vmx_caps caps;

static void have_processor(void)
{
	const struct vmx_ctls anything = { .allowed0 = 0, .allowed1 = 0x7fffffff };

	caps = (struct vmx_caps){
		.basic = 0x1234,
		.ept_vpid = VMX_EPTP_WB_BIT | VMX_EPT_PAGE_WALK_4_BIT,
		.vmfunc = VMX_VMFUNC_EPTP_SWITCHING,
		.cr0_fixed0 = X86_CR0_NE,
		.cr0_fixed1 = 0xffffffff,
		.cr4_fixed0 = X86_CR4_VMXE,
		.cr4_fixed1 = X86_CR4_VMXE | X86_CR4_PAE | X86_CR4_PCIDE | X86_CR4_CET,
		.pin = { .allowed0 = 0x16, .allowed1 = 0xff },
		.proc = { .allowed0 = 0, .allowed1 = 0xffffffff & ~1u },
		.proc2 = anything,
		.exit = anything,
		.entry = anything,
		.counters = 0x70000000f,
		.s_cet = ~0x3c0ull,
		.maxphyaddr = 46,
	};
	n.caps = &caps;
}

/* A 64-bit host, EPT, no MSR lists, no link. */
static void have_vmcs(void)
{
	slot = (struct vmcs_slot){ .address = L1_VMCS(0) };
	SOFT(&slot, PIN_BASED_VM_EXEC_CONTROL) = 0x16;
	SOFT(&slot, CPU_BASED_VM_EXEC_CONTROL) = CPU_BASED_ACTIVATE_SECONDARY_CONTROLS;
	SOFT(&slot, SECONDARY_VM_EXEC_CONTROL) = SECONDARY_EXEC_ENABLE_EPT;
	SOFT(&slot, VM_EXIT_CONTROLS) = VM_EXIT_HOST_ADDR_SPACE_SIZE;
	SOFT(&slot, EPT_POINTER) = PAGE | VMX_EPTP_PWL_4 | MEM_TYPE_WB;
	SOFT(&slot, VMCS_LINK_POINTER) = OTHER_VMCS;
	SOFT(&slot, HOST_CR0) = X86_CR0_PE | X86_CR0_NE | X86_CR0_PG;
	SOFT(&slot, HOST_CR4) = X86_CR4_VMXE | X86_CR4_PAE;
	SOFT(&slot, HOST_CS_SELECTOR) = 8;
	SOFT(&slot, HOST_SS_SELECTOR) = 16;
	SOFT(&slot, HOST_TR_SELECTOR) = 24;
	ram_set32(OTHER_VMCS, 0x1234);
}

/**
 * struct wrong - what is wrong with a VMCS
 * @check: that must fail
 * @field: with a value that is wrong
 * @value: that value
 * @exit: VM-exit controls that are set besides
 * @proc2: secondary controls besides
 * @other: another field that must have a value for that
 * @other_value: that value
 * @host32: the host has 32 bits, and L1 is not in IA-32e mode
 */
struct wrong {
	enum entry_check check;
	enum field_index field;
	u64 value;
	u32 exit;
	u32 proc2;
	enum field_index other;
	u64 other_value;
	bool host32;
};

#define WRONG(check_, field_, value_, ...) \
	{ .check = CHECK_##check_, .field = FI_##field_, .value = (value_), ##__VA_ARGS__ }
#define PROC2(bits)	.proc2 = SECONDARY_EXEC_##bits
#define PROC(bit)	.other = FI_CPU_BASED_VM_EXEC_CONTROL, \
	.other_value = CPU_BASED_ACTIVATE_SECONDARY_CONTROLS | CPU_BASED_##bit
#define LIST(count)	.other = FI_##count, .other_value = 2

static const struct wrong wrongs[] = {
	WRONG(PIN, PIN_BASED_VM_EXEC_CONTROL, 0x14),
	WRONG(PIN, PIN_BASED_VM_EXEC_CONTROL, 0x116),
	WRONG(PROC, CPU_BASED_VM_EXEC_CONTROL, 1),
	WRONG(PROC2, SECONDARY_VM_EXEC_CONTROL, 0x80000000),
	WRONG(PROC3, TERTIARY_VM_EXEC_CONTROL, 0x100, PROC(ACTIVATE_TERTIARY_CONTROLS)),
	WRONG(EXIT, VM_EXIT_CONTROLS, 0x80000000),
	WRONG(ENTRY, VM_ENTRY_CONTROLS, 0x80000000),
	WRONG(UNRESTRICTED, SECONDARY_VM_EXEC_CONTROL, SECONDARY_EXEC_UNRESTRICTED_GUEST),
	WRONG(PML, SECONDARY_VM_EXEC_CONTROL, SECONDARY_EXEC_ENABLE_PML),
	WRONG(MODE_BASED, SECONDARY_VM_EXEC_CONTROL, SECONDARY_EXEC_MODE_BASED_EPT_EXEC),
	WRONG(SPP, SECONDARY_VM_EXEC_CONTROL, SECONDARY_EXEC_SPP),
	WRONG(PT_GPA, SECONDARY_VM_EXEC_CONTROL, SECONDARY_EXEC_PT_USE_GPA),
	WRONG(EPTP_TYPE, EPT_POINTER, PAGE | VMX_EPTP_PWL_4),
	WRONG(EPTP_TYPE, EPT_POINTER, PAGE | VMX_EPTP_PWL_4 | 7),
	WRONG(EPTP_LENGTH, EPT_POINTER, PAGE | VMX_EPTP_PWL_5 | MEM_TYPE_WB),
	WRONG(EPTP_AD, EPT_POINTER, PAGE | 0x40 | VMX_EPTP_PWL_4 | MEM_TYPE_WB),
	WRONG(EPTP_SSS, EPT_POINTER, PAGE | 0x80 | VMX_EPTP_PWL_4 | MEM_TYPE_WB),
	WRONG(EPTP_RESERVED, EPT_POINTER, PAGE | 0x100 | VMX_EPTP_PWL_4 | MEM_TYPE_WB),
	WRONG(EPTP_RESERVED, EPT_POINTER, BEYOND | VMX_EPTP_PWL_4 | MEM_TYPE_WB),
	WRONG(VMFUNC, VM_FUNCTION_CONTROL, 2, PROC2(ENABLE_VMFUNC)),
	WRONG(EPTP_SWITCHING, SECONDARY_VM_EXEC_CONTROL, SECONDARY_EXEC_ENABLE_VMFUNC,
	      .other = FI_VM_FUNCTION_CONTROL, .other_value = 1),
	WRONG(EPTP_LIST, EPTP_LIST_ADDRESS, PAGE + 8, PROC2(ENABLE_VMFUNC),
	      .other = FI_VM_FUNCTION_CONTROL, .other_value = 1),
	WRONG(EPTP_LIST_WIDTH, EPTP_LIST_ADDRESS, BEYOND, PROC2(ENABLE_VMFUNC),
	      .other = FI_VM_FUNCTION_CONTROL, .other_value = 1),
	WRONG(VMREAD, VMREAD_BITMAP, 1, PROC2(SHADOW_VMCS)),
	WRONG(VMREAD_WIDTH, VMREAD_BITMAP, BEYOND, PROC2(SHADOW_VMCS)),
	WRONG(VMWRITE, VMWRITE_BITMAP, 0x800, PROC2(SHADOW_VMCS)),
	WRONG(VMWRITE_WIDTH, VMWRITE_BITMAP, BEYOND, PROC2(SHADOW_VMCS)),
	WRONG(VE, VE_INFORMATION_ADDRESS, 4, PROC2(EPT_VIOLATION_VE)),
	WRONG(VE_WIDTH, VE_INFORMATION_ADDRESS, BEYOND, PROC2(EPT_VIOLATION_VE)),
	WRONG(PML_LOG, PML_ADDRESS, PAGE + 0x10, PROC2(ENABLE_PML)),
	WRONG(PML_LOG_WIDTH, PML_ADDRESS, BEYOND, PROC2(ENABLE_PML)),
	WRONG(SPPTP, SPP_TABLE_POINTER, PAGE + 0x20, PROC2(SPP)),
	WRONG(SPPTP_WIDTH, SPP_TABLE_POINTER, BEYOND, PROC2(SPP)),
	WRONG(SAVE_TIMER, VM_EXIT_CONTROLS,
	      VM_EXIT_HOST_ADDR_SPACE_SIZE | VM_EXIT_SAVE_VMX_PREEMPTION_TIMER),
	WRONG(STORE_LIST, VM_EXIT_MSR_STORE_ADDR, 8, LIST(VM_EXIT_MSR_STORE_COUNT)),
	WRONG(STORE_LIST_WIDTH, VM_EXIT_MSR_STORE_ADDR, BEYOND, LIST(VM_EXIT_MSR_STORE_COUNT)),
	WRONG(STORE_LIST_END, VM_EXIT_MSR_STORE_ADDR, BEYOND - 16, LIST(VM_EXIT_MSR_STORE_COUNT)),
	WRONG(LOAD_LIST, VM_EXIT_MSR_LOAD_ADDR, 4, LIST(VM_EXIT_MSR_LOAD_COUNT)),
	WRONG(LOAD_LIST_WIDTH, VM_EXIT_MSR_LOAD_ADDR, BEYOND, LIST(VM_EXIT_MSR_LOAD_COUNT)),
	WRONG(LOAD_LIST_END, VM_EXIT_MSR_LOAD_ADDR, BEYOND - 16, LIST(VM_EXIT_MSR_LOAD_COUNT)),
	WRONG(ENTRY_LIST, VM_ENTRY_MSR_LOAD_ADDR, 1, LIST(VM_ENTRY_MSR_LOAD_COUNT)),
	WRONG(ENTRY_LIST_WIDTH, VM_ENTRY_MSR_LOAD_ADDR, BEYOND, LIST(VM_ENTRY_MSR_LOAD_COUNT)),
	WRONG(ENTRY_LIST_END, VM_ENTRY_MSR_LOAD_ADDR, BEYOND - 16, LIST(VM_ENTRY_MSR_LOAD_COUNT)),
	WRONG(OWN_STORE_LIST, VM_EXIT_MSR_STORE_ADDR, RAM_HIDDEN, LIST(VM_EXIT_MSR_STORE_COUNT)),
	WRONG(OWN_LOAD_LIST, VM_EXIT_MSR_LOAD_ADDR, RAM_HIDDEN - 16, LIST(VM_EXIT_MSR_LOAD_COUNT)),
	WRONG(OWN_ENTRY_LIST, VM_ENTRY_MSR_LOAD_ADDR, RAM_HIDDEN_END - 16,
	      LIST(VM_ENTRY_MSR_LOAD_COUNT)),
	WRONG(LONG_STORE_LIST, VM_EXIT_MSR_STORE_COUNT, 4097),
	WRONG(LONG_LOAD_LIST, VM_EXIT_MSR_LOAD_COUNT, 4097),
	WRONG(LONG_ENTRY_LIST, VM_ENTRY_MSR_LOAD_COUNT, 4097),
	WRONG(OWN_IO_A, IO_BITMAP_A, RAM_HIDDEN, PROC(USE_IO_BITMAPS)),
	WRONG(OWN_IO_B, IO_BITMAP_B, RAM_HIDDEN, PROC(USE_IO_BITMAPS)),
	WRONG(OWN_MSR_BITMAP, MSR_BITMAP, RAM_HIDDEN_END - 4096, PROC(USE_MSR_BITMAPS)),
	WRONG(OWN_PML, PML_ADDRESS, RAM_HIDDEN, PROC2(ENABLE_PML)),
	WRONG(OWN_VIRTUAL_APIC, VIRTUAL_APIC_PAGE_ADDR, RAM_HIDDEN, PROC(TPR_SHADOW)),
	WRONG(OWN_POSTED, POSTED_INTR_DESC_ADDR, RAM_HIDDEN + 64,
	      .other = FI_PIN_BASED_VM_EXEC_CONTROL, .other_value = 0x16 | PIN_BASED_POSTED_INTR),
	WRONG(OWN_PID_TABLE, PID_POINTER_TABLE, RAM_HIDDEN, PROC(ACTIVATE_TERTIARY_CONTROLS)),
	WRONG(OWN_LOW_PASID, LOW_PASID_DIRECTORY, RAM_HIDDEN, PROC2(PASID_TRANSLATION)),
	WRONG(OWN_HIGH_PASID, HIGH_PASID_DIRECTORY, RAM_HIDDEN, PROC2(PASID_TRANSLATION)),
	WRONG(HOST_CR0, HOST_CR0, X86_CR0_PE | X86_CR0_PG),
	WRONG(HOST_CR0, HOST_CR0, X86_CR0_NE | X86_CR0_PG),
	WRONG(HOST_CR0, HOST_CR0, X86_CR0_NE | X86_CR0_PE),
	WRONG(HOST_CR0, HOST_CR0, X86_CR0_NE | X86_CR0_PE | X86_CR0_PG | 1ull << 32),
	WRONG(HOST_CR4, HOST_CR4, X86_CR4_PAE),
	WRONG(HOST_CR4, HOST_CR4, X86_CR4_PAE | X86_CR4_VMXE | X86_CR4_LA57),
	WRONG(HOST_CR3, HOST_CR3, BEYOND),
	WRONG(HOST_SYSENTER_ESP, HOST_IA32_SYSENTER_ESP, NONCANONICAL),
	WRONG(HOST_SYSENTER_EIP, HOST_IA32_SYSENTER_EIP, NONCANONICAL),
	WRONG(HOST_PAT, HOST_IA32_PAT, 0x0200000000000000, .exit = VM_EXIT_LOAD_IA32_PAT),
	WRONG(HOST_COUNTERS, HOST_IA32_PERF_GLOBAL_CTRL, 0x10,
	      .exit = VM_EXIT_LOAD_IA32_PERF_GLOBAL_CTRL),
	WRONG(HOST_PKRS, HOST_IA32_PKRS, 1ull << 32, .exit = VM_EXIT_LOAD_IA32_PKRS),
	WRONG(HOST_PAT, HOST_IA32_PAT, 8, .exit = VM_EXIT_LOAD_IA32_PAT),
	WRONG(HOST_EFER, HOST_IA32_EFER, 2, .exit = VM_EXIT_LOAD_IA32_EFER),
	WRONG(HOST_EFER_MODE, HOST_IA32_EFER, EFER_LMA, .exit = VM_EXIT_LOAD_IA32_EFER),
	WRONG(HOST_EFER_MODE, HOST_IA32_EFER, EFER_LMA | EFER_LME,
	      .exit = VM_EXIT_LOAD_IA32_EFER, .host32 = true),
	WRONG(HOST_SELECTOR, HOST_GS_SELECTOR, 4),
	WRONG(HOST_SELECTOR, HOST_CS_SELECTOR, 8 | 3),
	WRONG(HOST_CS, HOST_CS_SELECTOR, 0),
	WRONG(HOST_TR, HOST_TR_SELECTOR, 0),
	WRONG(HOST_SS, HOST_SS_SELECTOR, 0, .host32 = true),
	WRONG(HOST_FS_BASE, HOST_FS_BASE, NONCANONICAL),
	WRONG(HOST_GS_BASE, HOST_GS_BASE, NONCANONICAL),
	WRONG(HOST_TR_BASE, HOST_TR_BASE, NONCANONICAL),
	WRONG(HOST_GDTR_BASE, HOST_GDTR_BASE, NONCANONICAL),
	WRONG(HOST_IDTR_BASE, HOST_IDTR_BASE, NONCANONICAL),
	WRONG(HOST_SIZE_32, VM_EXIT_CONTROLS, VM_EXIT_HOST_ADDR_SPACE_SIZE, .host32 = true),
	WRONG(HOST_SIZE_64, VM_EXIT_CONTROLS, 0),
	WRONG(HOST_SIZE_GUEST, VM_ENTRY_CONTROLS, VM_ENTRY_IA32E_MODE, .host32 = true),
	WRONG(HOST_PAE, HOST_CR4, X86_CR4_VMXE),
	WRONG(HOST_RIP, HOST_RIP, NONCANONICAL),
	WRONG(HOST_PCIDE, HOST_CR4, X86_CR4_VMXE | X86_CR4_PCIDE, .host32 = true),
	WRONG(HOST_RIP_32, HOST_RIP, 1ull << 32, .host32 = true),
	WRONG(LINK, VMCS_LINK_POINTER, OTHER_VMCS + 8),
	WRONG(LINK_WIDTH, VMCS_LINK_POINTER, BEYOND),
	WRONG(HOST_CET_WP, HOST_CR4, X86_CR4_VMXE | X86_CR4_PAE | X86_CR4_CET),
	WRONG(HOST_S_CET, HOST_S_CET, 0x40, .exit = VM_EXIT_LOAD_CET_STATE),
	WRONG(HOST_S_CET, HOST_S_CET, 0x200, .exit = VM_EXIT_LOAD_CET_STATE),
	WRONG(HOST_S_CET_TRACKER, HOST_S_CET, 0xc00, .exit = VM_EXIT_LOAD_CET_STATE),
	WRONG(HOST_SSP_ALIGNED, HOST_SSP, 1, .exit = VM_EXIT_LOAD_CET_STATE),
	WRONG(HOST_SSP_ALIGNED, HOST_SSP, 0x1002, .exit = VM_EXIT_LOAD_CET_STATE),
	WRONG(HOST_SSP_TABLE, HOST_INTR_SSP_TABLE, NONCANONICAL, .exit = VM_EXIT_LOAD_CET_STATE),
	WRONG(HOST_S_CET_64, HOST_S_CET, NONCANONICAL, .exit = VM_EXIT_LOAD_CET_STATE),
	WRONG(HOST_SSP_64, HOST_SSP, NONCANONICAL, .exit = VM_EXIT_LOAD_CET_STATE),
	WRONG(HOST_S_CET_32, HOST_S_CET, 1ull << 32, .exit = VM_EXIT_LOAD_CET_STATE,
	      .host32 = true),
	WRONG(HOST_SSP_32, HOST_SSP, 1ull << 32, .exit = VM_EXIT_LOAD_CET_STATE, .host32 = true),
	WRONG(LINK_CURRENT, VMCS_LINK_POINTER, L1_VMCS(0)),
	WRONG(LINK_REVISION, VMCS_LINK_POINTER, L1_VMCS(2)),
	WRONG(LINK_SHADOW, VMCS_LINK_POINTER, OTHER_VMCS, PROC2(SHADOW_VMCS)),
};

static void break_vmcs(const struct wrong *wrong)
{
	have_vmcs();
	SOFT(&slot, SECONDARY_VM_EXEC_CONTROL) |= wrong->proc2;
	if (wrong->host32)
		SOFT(&slot, VM_EXIT_CONTROLS) = 0;
	SOFT(&slot, VM_EXIT_CONTROLS) |= wrong->exit;
	if (wrong->other_value)
		slot.value[wrong->other] = wrong->other_value;
	slot.value[wrong->field] = wrong->value;
}

/* What software finds, in the order in which an entry asks. */
static enum entry_check find(bool long_mode)
{
	enum entry_check check = check_controls(&n, &slot);

	if (!check)
		check = check_host(&n, &slot, long_mode);
	return check ? check : check_link(&n, &slot);
}

static void nothing_wrong(void)
{
	ram_reset();
	have_processor();
	have_vmcs();
	CHECK_EQ(find(true), CHECK_PASSED);
	SOFT(&slot, VM_EXIT_CONTROLS) = 0;
	CHECK_EQ(find(false), CHECK_PASSED);
}

static void each_is_found_for_itself(void)
{
	unsigned int i;

	ram_reset();
	have_processor();
	for (i = 0; i < ARRAY_SIZE(wrongs); i++) {
		enum entry_check check;

		break_vmcs(&wrongs[i]);
		check = find(!wrongs[i].host32);
		CHECK_MSG(check == wrongs[i].check, "wrong %u: check %u, not %u", i, check,
			  wrongs[i].check);
	}
}

/* Fields are not looked at while the control that uses them is off. */
static void unused_fields_do_not_matter(void)
{
	unsigned int i;

	ram_reset();
	have_processor();
	for (i = 0; i < ARRAY_SIZE(wrongs); i++) {
		if (!wrongs[i].proc2 && !wrongs[i].exit && !wrongs[i].other_value)
			continue;
		if (wrongs[i].host32 || wrongs[i].check == CHECK_LINK_SHADOW ||
		    wrongs[i].field == FI_SECONDARY_VM_EXEC_CONTROL)
			continue;
		have_vmcs();
		slot.value[wrongs[i].field] = wrongs[i].value;
		CHECK_MSG(find(true) == CHECK_PASSED, "wrong %u is found while nothing uses it", i);
	}
}

/* Every check that software makes on the VMCS is above. */
static void none_is_missing(void)
{
	static const u32 all[] = {
#define ENTRY_CHECK(id, number, name, text, section)	number,
#include "arch/checks.def"
#undef ENTRY_CHECK
	};
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		if (all[i] < CHECK_PIN ||
		    (all[i] >= CHECK_HW_CONTROLS && all[i] <= CHECK_HW_OTHER))
			continue;
		for (j = 0; j < ARRAY_SIZE(wrongs) && wrongs[j].check != all[i]; j++)
			;
		CHECK_MSG(j < ARRAY_SIZE(wrongs), "nothing fails check %u", all[i]);
	}
}

static void failed_entries_have_checks(void)
{
	const u32 failed = VMX_EXIT_REASON_FAILED_VMENTRY;

	n.link_check = CHECK_LINK_REVISION;
	CHECK_EQ(check_of_failure(&n, failed | EXIT_REASON_INVALID_STATE, 0), CHECK_HW_GUEST);
	CHECK_EQ(check_of_failure(&n, failed | EXIT_REASON_INVALID_STATE, 2), CHECK_HW_PDPTE);
	CHECK_EQ(check_of_failure(&n, failed | EXIT_REASON_INVALID_STATE, 3), CHECK_HW_NMI);
	CHECK_EQ(check_of_failure(&n, failed | EXIT_REASON_INVALID_STATE, 4), CHECK_LINK_REVISION);
	n.link_check = CHECK_PASSED;
	CHECK_EQ(check_of_failure(&n, failed | EXIT_REASON_INVALID_STATE, 4), CHECK_HW_LINK);
	/* Here the qualification is the number of the MSR. */
	CHECK_EQ(check_of_failure(&n, failed | EXIT_REASON_MSR_LOAD_FAIL, 2), CHECK_HW_MSR_LOAD);
	CHECK_EQ(check_of_failure(&n, failed | EXIT_REASON_MCE_DURING_VMENTRY, 0),
		 CHECK_HW_MACHINE_CHECK);
}

/* SDM "Linear-Address Masking": two bits of CR3 exist where CR4.LAM_SUP does. */
static void linear_address_masking(void)
{
	have_processor();
	have_vmcs();
	SOFT(&slot, HOST_CR3) = PAGE | X86_CR3_LAM_U57 | X86_CR3_LAM_U48;
	CHECK_EQ(check_host(&n, &slot, true), CHECK_HOST_CR3);
	caps.cr4_fixed1 |= X86_CR4_LAM_SUP;
	CHECK_EQ(check_host(&n, &slot, true), CHECK_PASSED);
	SOFT(&slot, HOST_CR3) |= BIT_ULL(63);
	CHECK_EQ(check_host(&n, &slot, true), CHECK_HOST_CR3);
}

/* SDM "CET MSRs": what belongs to the half of CET that a processor lacks is reserved. */
static void halves_of_cet(void)
{
	have_processor();
	have_vmcs();
	SOFT(&slot, VM_EXIT_CONTROLS) |= VM_EXIT_LOAD_CET_STATE;
	SOFT(&slot, HOST_S_CET) = 0x5000 | 0x3f | BIT_ULL(11);
	CHECK_EQ(check_host(&n, &slot, true), CHECK_PASSED);
	caps.s_cet = 3;
	CHECK_EQ(check_host(&n, &slot, true), CHECK_HOST_S_CET);
	SOFT(&slot, HOST_S_CET) = 3;
	CHECK_EQ(check_host(&n, &slot, true), CHECK_PASSED);
	caps.s_cet = ~0x3c3ull;
	CHECK_EQ(check_host(&n, &slot, true), CHECK_HOST_S_CET);
}

/* CR4.CET needs CR0.WP whether or not exits load CET state. */
static void host_cet_with_wp(void)
{
	have_processor();
	have_vmcs();
	SOFT(&slot, HOST_CR4) |= X86_CR4_CET;
	SOFT(&slot, HOST_CR0) |= X86_CR0_WP;
	CHECK_EQ(check_host(&n, &slot, true), CHECK_PASSED);
	caps.cr4_fixed1 &= ~X86_CR4_CET;
	CHECK_EQ(check_host(&n, &slot, true), CHECK_HOST_CR4);
}

static const struct unit_test tests[] = {
	TEST(nothing_wrong),
	TEST(each_is_found_for_itself),
	TEST(unused_fields_do_not_matter),
	TEST(none_is_missing),
	TEST(failed_entries_have_checks),
	TEST(linear_address_masking),
	TEST(halves_of_cet),
	TEST(host_cet_with_wp),
};

UNIT_MAIN(tests)
