// SPDX-License-Identifier: GPL-2.0-only
/*
 * The checks of VM entry: each is made to fail alone, from a VMCS that can be entered, and L1 gets
 * the bare processor's answer.
 */
#include "arch/checks.h"
#include "decode/checks.h"
#include "duo.h"
#include "arch/errors.h"
#include "ram.h"
#include "unit.h"

#define NOT_CANONICAL	0x0000800000000000ull

struct change {
	enum field_index field;
	u64 set;
	u64 clear;
};

#define PIN	FI_PIN_BASED_VM_EXEC_CONTROL
#define PROC	FI_CPU_BASED_VM_EXEC_CONTROL
#define PROC2	FI_SECONDARY_VM_EXEC_CONTROL
#define EXIT	FI_VM_EXIT_CONTROLS
#define ENTRY	FI_VM_ENTRY_CONTROLS
#define EPT	SECONDARY_EXEC_ENABLE_EPT
#define UG	SECONDARY_EXEC_UNRESTRICTED_GUEST

/* What is changed in a valid VMCS; what VM entry says then; which check of Nestor's says it. */
static const struct {
	struct change change[3];
	u32 error;
	enum entry_check check;
} cases[] = {
	{ { { PIN, 0, 2 } }, 7, CHECK_PIN },
	{ { { PIN, 1u << 30, 0 } }, 7, CHECK_PIN },
	{ { { PROC, 0, 2 } }, 7, CHECK_PROC },
	{ { { PROC, 1, 0 } }, 7, CHECK_PROC },
	{ { { PROC2, 1u << 29, 0 } }, 7, CHECK_PROC2 },
	{ { { PROC, CPU_BASED_ACTIVATE_TERTIARY_CONTROLS, 0 },
	    { FI_TERTIARY_VM_EXEC_CONTROL, BIT_ULL(8), 0 } }, 7, CHECK_PROC3 },
	{ { { PROC, CPU_BASED_ACTIVATE_TERTIARY_CONTROLS, 0 },
	    { FI_TERTIARY_VM_EXEC_CONTROL, BIT_ULL(63), 0 } }, 7, CHECK_PROC3 },
	{ { { EXIT, 0, 1 } }, 7, CHECK_EXIT },
	{ { { ENTRY, 0, 1 } }, 7, CHECK_ENTRY },
	{ { { ENTRY, 1u << 31, 0 } }, 7, CHECK_ENTRY },
	{ { { PROC2, UG, EPT } }, 7, CHECK_UNRESTRICTED },
	{ { { PROC2, SECONDARY_EXEC_ENABLE_PML, EPT | UG } }, 7, CHECK_PML },
	{ { { PROC2, SECONDARY_EXEC_MODE_BASED_EPT_EXEC, EPT | UG } }, 7, CHECK_MODE_BASED },
	{ { { PROC2, SECONDARY_EXEC_SPP, EPT | UG } }, 7, CHECK_SPP },
	{ { { PROC2, SECONDARY_EXEC_PT_USE_GPA, EPT | UG } }, 7, CHECK_PT_GPA },
	{ { { FI_EPT_POINTER, 1, 0 } }, 7, CHECK_EPTP_TYPE },
	{ { { FI_EPT_POINTER, 0, 0x38 } }, 7, CHECK_EPTP_LENGTH },
	{ { { FI_EPT_POINTER, 0x800, 0 } }, 7, CHECK_EPTP_RESERVED },
	{ { { FI_EPT_POINTER, BIT_ULL(50), 0 } }, 7, CHECK_EPTP_RESERVED },
	{ { { PROC2, SECONDARY_EXEC_ENABLE_VMFUNC, 0 }, { FI_VM_FUNCTION_CONTROL, 2, 0 } }, 7,
	  CHECK_VMFUNC },
	{ { { PROC2, SECONDARY_EXEC_ENABLE_VMFUNC, EPT | UG }, { FI_VM_FUNCTION_CONTROL, 1, 0 } },
	  7, CHECK_EPTP_SWITCHING },
	{ { { PROC2, SECONDARY_EXEC_ENABLE_VMFUNC, 0 }, { FI_VM_FUNCTION_CONTROL, 1, 0 },
	    { FI_EPTP_LIST_ADDRESS, 8, 0 } }, 7, CHECK_EPTP_LIST },
	{ { { PROC2, SECONDARY_EXEC_ENABLE_PML, 0 }, { FI_PML_ADDRESS, 0x800, 0 } }, 7,
	  CHECK_PML_LOG },
	{ { { PROC2, SECONDARY_EXEC_ENABLE_PML, 0 }, { FI_PML_ADDRESS, BIT_ULL(45), 0 } }, 7,
	  CHECK_PML_LOG_WIDTH },
	{ { { PROC2, SECONDARY_EXEC_SPP, 0 }, { FI_SPP_TABLE_POINTER, 0x10, 0 } }, 7, CHECK_SPPTP },
	{ { { PROC2, SECONDARY_EXEC_SPP, 0 }, { FI_SPP_TABLE_POINTER, BIT_ULL(45), 0 } }, 7,
	  CHECK_SPPTP_WIDTH },
	{ { { PROC2, SECONDARY_EXEC_SHADOW_VMCS, 0 }, { FI_VMREAD_BITMAP, 1, 0 } }, 7,
	  CHECK_VMREAD },
	{ { { PROC2, SECONDARY_EXEC_SHADOW_VMCS, 0 }, { FI_VMWRITE_BITMAP, BIT_ULL(45), 0 } }, 7,
	  CHECK_VMWRITE_WIDTH },
	{ { { PROC2, SECONDARY_EXEC_EPT_VIOLATION_VE, 0 }, { FI_VE_INFORMATION_ADDRESS, 4, 0 } }, 7,
	  CHECK_VE },
	{ { { FI_VM_EXIT_MSR_STORE_COUNT, 1, 0 }, { FI_VM_EXIT_MSR_STORE_ADDR, 8, 0 } }, 7,
	  CHECK_STORE_LIST },
	{ { { FI_VM_EXIT_MSR_LOAD_COUNT, 1, 0 }, { FI_VM_EXIT_MSR_LOAD_ADDR, BIT_ULL(40), 0 } }, 7,
	  CHECK_LOAD_LIST_WIDTH },
	{ { { FI_VM_ENTRY_MSR_LOAD_COUNT, 2, 0 }, { FI_VM_ENTRY_MSR_LOAD_ADDR, 0x7ffffffff0, 0 } },
	  7, CHECK_ENTRY_LIST_END },
	{ { { EXIT, VM_EXIT_SAVE_VMX_PREEMPTION_TIMER, 0 } }, 7, CHECK_SAVE_TIMER },
	{ { { FI_HOST_CR0, 0, X86_CR0_NE } }, 8, CHECK_HOST_CR0 },
	{ { { FI_HOST_CR0, 0, X86_CR0_PG } }, 8, CHECK_HOST_CR0 },
	{ { { FI_HOST_CR4, BIT_ULL(63), 0 } }, 8, CHECK_HOST_CR4 },
	{ { { FI_HOST_CR4, 0, X86_CR4_VMXE } }, 8, CHECK_HOST_CR4 },
	{ { { FI_HOST_CR3, BIT_ULL(39), 0 } }, 8, CHECK_HOST_CR3 },
	{ { { FI_HOST_IA32_SYSENTER_ESP, NOT_CANONICAL, 0 } }, 8, CHECK_HOST_SYSENTER_ESP },
	{ { { FI_HOST_IA32_SYSENTER_EIP, NOT_CANONICAL, 0 } }, 8, CHECK_HOST_SYSENTER_EIP },
	{ { { FI_HOST_IA32_PAT, 2, 7 } }, 8, CHECK_HOST_PAT },
	{ { { FI_HOST_IA32_PAT, 0xffull << 56, 0 } }, 8, CHECK_HOST_PAT },
	{ { { FI_HOST_IA32_EFER, 2, 0 } }, 8, CHECK_HOST_EFER },
	{ { { FI_HOST_IA32_EFER, 0, EFER_LMA } }, 8, CHECK_HOST_EFER_MODE },
	{ { { FI_HOST_ES_SELECTOR, 4, 0 } }, 8, CHECK_HOST_SELECTOR },
	{ { { FI_HOST_GS_SELECTOR, 1, 0 } }, 8, CHECK_HOST_SELECTOR },
	{ { { FI_HOST_CS_SELECTOR, 0, ~0ull } }, 8, CHECK_HOST_CS },
	{ { { FI_HOST_TR_SELECTOR, 0, ~0ull } }, 8, CHECK_HOST_TR },
	{ { { FI_HOST_FS_BASE, NOT_CANONICAL, 0 } }, 8, CHECK_HOST_FS_BASE },
	{ { { FI_HOST_GS_BASE, 0, BIT_ULL(63) } }, 8, CHECK_HOST_GS_BASE },
	{ { { FI_HOST_TR_BASE, NOT_CANONICAL, 0 } }, 8, CHECK_HOST_TR_BASE },
	{ { { FI_HOST_GDTR_BASE, NOT_CANONICAL, 0 } }, 8, CHECK_HOST_GDTR_BASE },
	{ { { FI_HOST_IDTR_BASE, NOT_CANONICAL, 0 } }, 8, CHECK_HOST_IDTR_BASE },
	{ { { EXIT, 0, VM_EXIT_HOST_ADDR_SPACE_SIZE | VM_EXIT_LOAD_IA32_EFER } }, 8,
	  CHECK_HOST_SIZE_64 },
	{ { { FI_HOST_CR4, 0, X86_CR4_PAE } }, 8, CHECK_HOST_PAE },
	{ { { FI_HOST_RIP, 0, BIT_ULL(63) } }, 8, CHECK_HOST_RIP },
};

/* The same with L1 in 32-bit mode. */
static const struct {
	struct change change;
	enum entry_check check;
} cases32[] = {
	{ { FI_HOST_SS_SELECTOR, 0, ~0ull }, CHECK_HOST_SS },
	{ { EXIT, VM_EXIT_HOST_ADDR_SPACE_SIZE, VM_EXIT_LOAD_IA32_EFER }, CHECK_HOST_SIZE_32 },
	{ { ENTRY, VM_ENTRY_IA32E_MODE, 0 }, CHECK_HOST_SIZE_GUEST },
	{ { FI_HOST_CR4, X86_CR4_PCIDE, 0 }, CHECK_HOST_PCIDE },
	{ { FI_HOST_RIP, BIT_ULL(40), 0 }, CHECK_HOST_RIP_32 },
};

/* One more that needs a processor with less. */
static void without_flags(struct vmx_caps *caps)
{
	caps->ept_vpid &= ~(VMX_EPT_AD_BIT | VMX_EPT_SUPERVISOR_SHADOW_STACK_BIT);
}

static void apply(const struct change *change)
{
	u64 old = bare.current->field[change->field];

	duo_set(change->field, (old & ~change->clear) | change->set);
}

/* L1 is told why, and the statistics know which check it was. */
static void expect_refusal(u32 error, enum entry_check check)
{
	u64 before = shared.stats.entry_checks[check];

	CHECK_MSG(duo_enter(EXIT_REASON_VMLAUNCH).error == error, "%s: not error %u",
		  check_name(check), error);
	CHECK_MSG(shared.stats.entry_checks[check] == before + 1, "%s was not counted",
		  check_name(check));
	CHECK_EQ(shared.stats.bugs, 0);
}

static void each_check_fails_alone(void)
{
	unsigned int i, j;

	duo_start(MODEL_ALL, NULL);
	duo_setup(0);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		duo_write_valid();
		for (j = 0; j < ARRAY_SIZE(cases[i].change); j++) {
			if (cases[i].change[j].set || cases[i].change[j].clear)
				apply(&cases[i].change[j]);
		}
		expect_refusal(cases[i].error, cases[i].check);
	}
	duo_write_valid();
	CHECK_EQ(duo_enter(EXIT_REASON_VMLAUNCH).outcome, DONE_ENTERED);
}

/* Set a field wider than VMWRITE of a 32-bit L1 can write: from a 64-bit one, before. */
static void each_check_fails_for_32_bits(void)
{
	unsigned int i;

	duo_start(MODEL_ALL, NULL);
	l1_set_mode(L1_PROTECTED);
	duo_setup(0);
	for (i = 0; i < ARRAY_SIZE(cases32); i++) {
		duo_write_valid();
		if (cases32[i].check == CHECK_HOST_RIP_32)
			l1_set_mode(L1_LONG);
		apply(&cases32[i].change);
		l1_set_mode(L1_PROTECTED);
		expect_refusal(VMXERR_ENTRY_INVALID_HOST_STATE_FIELD, cases32[i].check);
	}
	duo_write_valid();
	CHECK_EQ(duo_enter(EXIT_REASON_VMLAUNCH).outcome, DONE_ENTERED);
}

static void ept_pointer_on_a_processor_with_less(void)
{
	duo_start(MODEL_ALL, without_flags);
	duo_setup(0);
	duo_set(FI_EPT_POINTER, duo_valid(FI_EPT_POINTER) | VMX_EPTP_AD_ENABLE_BIT);
	expect_refusal(VMXERR_ENTRY_INVALID_CONTROL_FIELD, CHECK_EPTP_AD);
	duo_set(FI_EPT_POINTER, duo_valid(FI_EPT_POINTER) | VMX_EPTP_SUPERVISOR_SHADOW_STACK);
	expect_refusal(VMXERR_ENTRY_INVALID_CONTROL_FIELD, CHECK_EPTP_SSS);
}

/* What only the processor checks: its verdict on VMCS02 is L1's. */
static void the_processor_checks_the_rest(void)
{
	static const struct change changes[] = {
		{ FI_CR3_TARGET_COUNT, 5, 0 },
		{ PIN, 0, PIN_BASED_NMI_EXITING },
		{ PROC2, SECONDARY_EXEC_VIRTUAL_INTR_DELIVERY, 0 },
		{ PIN, PIN_BASED_POSTED_INTR, 0 },
		{ FI_VIRTUAL_PROCESSOR_ID, 0, ~0ull },
		{ FI_VM_ENTRY_INTR_INFO_FIELD, INTR_INFO_VALID_MASK | 0x100, 0 },
		{ FI_VM_ENTRY_INTR_INFO_FIELD, INTR_INFO_VALID_MASK | 0x30d, 0 },
		{ ENTRY, VM_ENTRY_DEACT_DUAL_MONITOR, 0 },
	};
	unsigned int i;

	duo_start(MODEL_BROADWELL, NULL);
	duo_setup(0);
	for (i = 0; i < ARRAY_SIZE(changes); i++) {
		duo_write_valid();
		apply(&changes[i]);
		CHECK_EQ(duo_enter(EXIT_REASON_VMLAUNCH).error, VMXERR_ENTRY_INVALID_CONTROL_FIELD);
	}
	CHECK_EQ(shared.stats.bugs, 0);
}

/* Controls come first, whoever finds them wrong. */
static void order_of_controls_and_host_state(void)
{
	duo_start(MODEL_ALL, NULL);
	duo_setup(0);
	duo_set(FI_HOST_CR3, ~0ull);
	duo_set(FI_CR3_TARGET_COUNT, 5);
	CHECK_EQ(duo_enter(EXIT_REASON_VMLAUNCH).error, VMXERR_ENTRY_INVALID_CONTROL_FIELD);
	duo_set(FI_CR3_TARGET_COUNT, 0);
	duo_set(PIN, 0);
	CHECK_EQ(duo_enter(EXIT_REASON_VMLAUNCH).error, VMXERR_ENTRY_INVALID_CONTROL_FIELD);
	duo_set(PIN, duo_valid(PIN));
	/* Guest state is looked at last. */
	duo_set(FI_GUEST_CR0, 0x100);
	CHECK_EQ(duo_enter(EXIT_REASON_VMLAUNCH).error, VMXERR_ENTRY_INVALID_HOST_STATE_FIELD);
	duo_set(FI_HOST_CR3, 0);
	CHECK_EQ(duo_enter(EXIT_REASON_VMLAUNCH).outcome, DONE_EXITED);
	CHECK_EQ(bare.current->field[FI_VM_EXIT_REASON], 0x80000021);
	duo_compare_fields();
	CHECK_EQ(shared.stats.bugs, 0);
}

/* The link pointer is replaced in VMCS02, and is wrong there when it is wrong in VMCS12. */
static void link_pointer(void)
{
	static const struct {
		u64 link;
		bool shadowing;
		enum entry_check check;
	} links[] = {
		{ L1_VMCS(1) + 8, false, CHECK_LINK },
		{ BIT_ULL(39) | L1_VMCS(1), false, CHECK_LINK_WIDTH },
		{ L1_VMCS(0), false, CHECK_LINK_CURRENT },
		{ L1_PAGES, false, CHECK_LINK_REVISION },
		{ RAM_HOLE, false, CHECK_LINK_REVISION },
		{ L1_VMCS(1), true, CHECK_LINK_SHADOW },
		{ L1_VMCS(1), false, CHECK_PASSED },
		{ L1_VMCS(2), true, CHECK_PASSED },
		{ VMX_NO_VMCS, true, CHECK_PASSED },
	};
	const struct l2_exit hlt = { .reason = EXIT_REASON_HLT };
	unsigned int i;

	duo_start(MODEL_ALL, NULL);
	ram_set32(L1_VMCS(2), VMX_BASIC_REVISION(processor_caps.basic) | VMCS_SHADOW_INDICATOR);
	duo_setup(0);
	for (i = 0; i < ARRAY_SIZE(links); i++) {
		u64 before = shared.stats.entry_checks[links[i].check];
		struct result result;

		duo_set(PROC2, duo_valid(PROC2) |
				       (links[i].shadowing ? SECONDARY_EXEC_SHADOW_VMCS : 0));
		duo_set(FI_VMCS_LINK_POINTER, links[i].link);
		result = duo_enter(bare.current->launched ? EXIT_REASON_VMRESUME :
							    EXIT_REASON_VMLAUNCH);
		if (links[i].check == CHECK_PASSED) {
			CHECK_EQ(result.outcome, DONE_ENTERED);
			duo_exit(&hlt);
			continue;
		}
		CHECK_EQ(result.outcome, DONE_EXITED);
		CHECK_EQ(bare.current->field[FI_EXIT_QUALIFICATION], ENTRY_FAIL_VMCS_LINK_PTR);
		CHECK_EQ(shared.stats.entry_checks[links[i].check], before + 1);
		duo_compare_fields();
	}
}

#define OWN	(RAM_HIDDEN + 0x3000)

/* Nestor's own memory in the place of L1's: only where the processor would use it. */
static void nestors_own_pages(void)
{
	static const struct {
		enum field_index field;
		enum field_index word;
		u32 bit;
		enum entry_check check;
	} pages[] = {
		{ FI_IO_BITMAP_A, PROC, CPU_BASED_USE_IO_BITMAPS, CHECK_OWN_IO_A },
		{ FI_IO_BITMAP_B, PROC, CPU_BASED_USE_IO_BITMAPS, CHECK_OWN_IO_B },
		{ FI_MSR_BITMAP, PROC, CPU_BASED_USE_MSR_BITMAPS, CHECK_OWN_MSR_BITMAP },
		{ FI_VIRTUAL_APIC_PAGE_ADDR, PROC, CPU_BASED_TPR_SHADOW, CHECK_OWN_VIRTUAL_APIC },
		{ FI_PML_ADDRESS, PROC2, SECONDARY_EXEC_ENABLE_PML, CHECK_OWN_PML },
		{ FI_POSTED_INTR_DESC_ADDR, PIN, PIN_BASED_POSTED_INTR, CHECK_OWN_POSTED },
		{ FI_LOW_PASID_DIRECTORY, PROC2, SECONDARY_EXEC_PASID_TRANSLATION,
		  CHECK_OWN_LOW_PASID },
		{ FI_HIGH_PASID_DIRECTORY, PROC2, SECONDARY_EXEC_PASID_TRANSLATION,
		  CHECK_OWN_HIGH_PASID },
		{ FI_PID_POINTER_TABLE, PROC, CPU_BASED_ACTIVATE_TERTIARY_CONTROLS,
		  CHECK_OWN_PID_TABLE },
	};
	const struct l2_exit hlt = { .reason = EXIT_REASON_HLT };
	unsigned int i;

	duo_start(MODEL_ALL, NULL);
	duo_setup(0);
	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		duo_write_valid();
		duo_set(pages[i].field, OWN);
		CHECK_EQ(duo_enter(bare.current->launched ? EXIT_REASON_VMRESUME :
							    EXIT_REASON_VMLAUNCH).outcome,
			 DONE_ENTERED);
		duo_exit(&hlt);
		duo_set(pages[i].word, duo_valid(pages[i].word) | pages[i].bit);
		CHECK_EQ(l1_enter(EXIT_REASON_VMRESUME).error, VMXERR_ENTRY_INVALID_CONTROL_FIELD);
		CHECK_EQ(shared.stats.entry_checks[pages[i].check], 1);
	}
}

/* An MSR list may begin before and end after Nestor's own memory. */
static void nestors_own_memory_in_msr_lists(void)
{
	static const struct {
		enum field_index count;
		enum field_index address;
		enum entry_check check;
	} lists[] = {
		{ FI_VM_EXIT_MSR_STORE_COUNT, FI_VM_EXIT_MSR_STORE_ADDR, CHECK_OWN_STORE_LIST },
		{ FI_VM_EXIT_MSR_LOAD_COUNT, FI_VM_EXIT_MSR_LOAD_ADDR, CHECK_OWN_LOAD_LIST },
		{ FI_VM_ENTRY_MSR_LOAD_COUNT, FI_VM_ENTRY_MSR_LOAD_ADDR, CHECK_OWN_ENTRY_LIST },
	};
	static const struct {
		u64 address;
		u32 count;
	} spans[] = {
		{ OWN, 1 }, { RAM_HIDDEN - 16, 2 }, { RAM_HIDDEN_END - 16, 8 },
		{ RAM_HIDDEN - 16, VMX_MISC_MSR_LIST_MAX },
	};
	unsigned int i, j;

	duo_start(MODEL_ALL, NULL);
	duo_setup(0);
	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		duo_write_valid();
		for (j = 0; j < ARRAY_SIZE(spans); j++) {
			duo_set(lists[i].count, spans[j].count);
			duo_set(lists[i].address, spans[j].address);
			CHECK_EQ(l1_enter(EXIT_REASON_VMLAUNCH).error,
				 VMXERR_ENTRY_INVALID_CONTROL_FIELD);
			CHECK_EQ(shared.stats.entry_checks[lists[i].check], j + 1);
		}
	}
}

/*
 * What a list of more MSRs does than any processor recommends is undefined, and interrupts would wait
 * for the end of it. One of that many is for the processor to load, and for root to store and load.
 */
static void long_msr_lists(void)
{
	static const struct {
		enum field_index count;
		enum field_index address;
		enum entry_check check;
	} lists[] = {
		{ FI_VM_EXIT_MSR_STORE_COUNT, FI_VM_EXIT_MSR_STORE_ADDR, CHECK_LONG_STORE_LIST },
		{ FI_VM_EXIT_MSR_LOAD_COUNT, FI_VM_EXIT_MSR_LOAD_ADDR, CHECK_LONG_LOAD_LIST },
		{ FI_VM_ENTRY_MSR_LOAD_COUNT, FI_VM_ENTRY_MSR_LOAD_ADDR, CHECK_LONG_ENTRY_LIST },
	};
	static const u64 too_long[] = { VMX_MISC_MSR_LIST_MAX + 1, 0x7fffffff, 0xffffffff };
	const struct l2_exit cpuid = { .reason = EXIT_REASON_CPUID };
	unsigned int i, j;

	duo_start(MODEL_ALL, NULL);
	duo_setup(0);
	processor_add_msr(MSR_KERNEL_GS_BASE, 0x1234, 0);
	for (i = 0; i < VMX_MISC_MSR_LIST_MAX; i++)
		ram_set64(L1_LISTS + i * 16, MSR_KERNEL_GS_BASE);
	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		duo_write_valid();
		duo_set(lists[i].address, L1_LISTS);
		for (j = 0; j < ARRAY_SIZE(too_long); j++) {
			duo_set(lists[i].count, too_long[j]);
			CHECK_EQ(l1_enter(EXIT_REASON_VMLAUNCH).error,
				 VMXERR_ENTRY_INVALID_CONTROL_FIELD);
			CHECK_EQ(shared.stats.entry_checks[lists[i].check], j + 1);
		}
	}
	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		duo_set(lists[i].address, L1_LISTS);
		duo_set(lists[i].count, VMX_MISC_MSR_LIST_MAX);
	}
	l1_must(l1_enter(EXIT_REASON_VMLAUNCH));
	CHECK(l2_exits(&cpuid));
	CHECK_EQ(l1_state(FI_GUEST_ACTIVITY_STATE), GUEST_ACTIVITY_ACTIVE);
	CHECK_EQ(ram_get64(L1_LISTS + (VMX_MISC_MSR_LIST_MAX - 1) * 16 + 8), 0);
	CHECK_EQ(processor_msr(MSR_KERNEL_GS_BASE), 0);
}

/* The processor refuses where nothing is known to be wrong: a bug, and told as one. */
static void refusals_that_nobody_expects(void)
{
	duo_start(MODEL_BROADWELL, NULL);
	duo_setup(0);
	l2_refuse(VMXERR_ENTRY_INVALID_HOST_STATE_FIELD, 0);
	CHECK_EQ(l1_enter(EXIT_REASON_VMLAUNCH).error, VMXERR_ENTRY_INVALID_HOST_STATE_FIELD);
	CHECK_EQ(shared.stats.bugs, 1);
	l2_refuse(VMXERR_ENTRY_INVALID_CONTROL_FIELD, 0);
	CHECK_EQ(l1_enter(EXIT_REASON_VMLAUNCH).error, VMXERR_ENTRY_INVALID_CONTROL_FIELD);
	CHECK_EQ(shared.stats.bugs, 1);
	CHECK_EQ(shared.stats.entry_checks[CHECK_HW_CONTROLS], 1);
	l2_refuse(VMXERR_VMRESUME_NONLAUNCHED_VMCS, 0);
	CHECK_EQ(l1_enter(EXIT_REASON_VMLAUNCH).error, VMXERR_VMRESUME_NONLAUNCHED_VMCS);
	CHECK_EQ(shared.stats.entry_checks[CHECK_HW_OTHER], 1);
}

/* Entry failures of every kind, each with its counter. */
static void failures_of_the_processor(void)
{
	static const struct {
		u32 reason;
		u64 qualification;
		enum entry_check check;
	} failures[] = {
		{ EXIT_REASON_INVALID_STATE, ENTRY_FAIL_DEFAULT, CHECK_HW_GUEST },
		{ EXIT_REASON_INVALID_STATE, ENTRY_FAIL_PDPTE, CHECK_HW_PDPTE },
		{ EXIT_REASON_INVALID_STATE, ENTRY_FAIL_NMI, CHECK_HW_NMI },
		{ EXIT_REASON_INVALID_STATE, ENTRY_FAIL_VMCS_LINK_PTR, CHECK_HW_LINK },
		{ EXIT_REASON_MSR_LOAD_FAIL, 3, CHECK_HW_MSR_LOAD },
		{ EXIT_REASON_MCE_DURING_VMENTRY, 0, CHECK_HW_MACHINE_CHECK },
	};
	unsigned int i;
	u64 value;

	duo_start(MODEL_BROADWELL, NULL);
	duo_setup(0);
	for (i = 0; i < ARRAY_SIZE(failures); i++) {
		l2_refuse(failures[i].reason, failures[i].qualification);
		CHECK_EQ(l1_enter(EXIT_REASON_VMLAUNCH).outcome, DONE_EXITED);
		CHECK_EQ(l1_state(FI_GUEST_RIP), duo_valid(FI_HOST_RIP));
		l1_must(l1_vmread(VM_EXIT_REASON, &value));
		CHECK_EQ(value, failures[i].reason | VMX_EXIT_REASON_FAILED_VMENTRY);
		l1_must(l1_vmread(EXIT_QUALIFICATION, &value));
		CHECK_EQ(value, failures[i].qualification);
		CHECK_EQ(shared.stats.entry_checks[failures[i].check], 1);
	}
	CHECK_EQ(shared.stats.entry_failures, ARRAY_SIZE(failures));
	/* The launch state did not change. */
	CHECK_EQ(l1_enter(EXIT_REASON_VMRESUME).error, VMXERR_VMRESUME_NONLAUNCHED_VMCS);
}

static void basic_checks(void)
{
	duo_start(MODEL_BROADWELL, NULL);
	l1_must(duo_pointer(EXIT_REASON_VMXON, L1_VMXON));
	CHECK_EQ(duo_enter(EXIT_REASON_VMLAUNCH).outcome, DONE_FAIL_INVALID);
	CHECK_EQ(shared.stats.entry_checks[CHECK_NO_CURRENT], 1);
	l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(0)));
	duo_write_valid();
	l1_set_state(FI_GUEST_INTERRUPTIBILITY_INFO, GUEST_INTR_STATE_MOV_SS);
	CHECK_EQ(duo_enter(EXIT_REASON_VMRESUME).error, VMXERR_ENTRY_EVENTS_BLOCKED_BY_MOV_SS);
	/* The instruction ended, and with it the blocking. */
	CHECK_EQ(l1_state(FI_GUEST_INTERRUPTIBILITY_INFO), 0);
	CHECK_EQ(duo_enter(EXIT_REASON_VMRESUME).error, VMXERR_VMRESUME_NONLAUNCHED_VMCS);
	CHECK_EQ(duo_enter(EXIT_REASON_VMLAUNCH).outcome, DONE_ENTERED);
}

static const struct unit_test tests[] = {
	TEST(basic_checks),
	TEST(each_check_fails_alone),
	TEST(each_check_fails_for_32_bits),
	TEST(ept_pointer_on_a_processor_with_less),
	TEST(the_processor_checks_the_rest),
	TEST(order_of_controls_and_host_state),
	TEST(link_pointer),
	TEST(nestors_own_pages),
	TEST(nestors_own_memory_in_msr_lists),
	TEST(long_msr_lists),
	TEST(refusals_that_nobody_expects),
	TEST(failures_of_the_processor),
};

UNIT_MAIN(tests)
