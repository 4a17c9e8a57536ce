// SPDX-License-Identifier: GPL-2.0-only
/* VM-exit MSR lists of L1 (SDM "Saving MSRs", "Loading MSRs"). */
#include "run/msrlist.h"
#include "l1.h"
#include "ram.h"
#include "unit.h"

#define PLAIN	0x10

static u64 stored(unsigned int i)
{
	return ram_get64(L1_LISTS + i * 16 + 8);
}

static void start(void)
{
	l1_start(MODEL_BROADWELL, NULL);
	processor_add_msr(PLAIN, 0x1234, BIT_ULL(63));
}

/* Those that a VMCS holds are taken from the VMCS that is current. */
static const struct {
	u32 msr;
	enum field_index field;
} in_vmcs[] = {
	{ MSR_FS_BASE, FI_GUEST_FS_BASE }, { MSR_GS_BASE, FI_GUEST_GS_BASE },
	{ MSR_EFER, FI_GUEST_IA32_EFER }, { MSR_IA32_SYSENTER_CS, FI_GUEST_SYSENTER_CS },
	{ MSR_IA32_SYSENTER_ESP, FI_GUEST_SYSENTER_ESP },
	{ MSR_IA32_SYSENTER_EIP, FI_GUEST_SYSENTER_EIP },
	{ MSR_IA32_DEBUGCTLMSR, FI_GUEST_IA32_DEBUGCTL }, { MSR_IA32_CR_PAT, FI_GUEST_IA32_PAT },
};

static void store(void)
{
	unsigned int i;

	start();
	l1_list_entry(0, PLAIN, 0);
	for (i = 0; i < ARRAY_SIZE(in_vmcs); i++) {
		l1_list_entry(i + 1, in_vmcs[i].msr, 0);
		l1_set_state(in_vmcs[i].field, 0x1000 + i);
	}
	CHECK_EQ(msrlist_store(&nested, L1_LISTS, ARRAY_SIZE(in_vmcs) + 1), 0);
	CHECK_EQ(stored(0), 0x1234);
	for (i = 0; i < ARRAY_SIZE(in_vmcs); i++)
		CHECK_EQ(stored(i + 1), 0x1000 + i);
}

/* The number of the entry at fault; those before it are done, those after it are not. */
static void store_failures(void)
{
	static const u64 wrong[] = { 0x99, MSR_X2APIC_FIRST, MSR_X2APIC_LAST, MSR_IA32_SMBASE,
				     BIT_ULL(32) | PLAIN };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		start();
		l1_list_entry(0, PLAIN, 0);
		l1_list_entry(1, wrong[i], 0);
		l1_list_entry(2, PLAIN, 0);
		CHECK_EQ(msrlist_store(&nested, L1_LISTS, 3), 2);
		CHECK_EQ(stored(0), 0x1234);
		CHECK_EQ(stored(2), 0);
	}
	CHECK_EQ(msrlist_store(&nested, RAM_HOLE, 1), 1);
}

static void load(void)
{
	start();
	processor_add_msr(MSR_IA32_SYSENTER_CS, 0, 0);
	processor_add_msr(MSR_IA32_DEBUGCTLMSR, 0, ~1ull);
	l1_list_entry(0, PLAIN, 77);
	l1_list_entry(1, MSR_IA32_SYSENTER_CS, 0x33);
	l1_list_entry(2, MSR_IA32_DEBUGCTLMSR, 1);
	l1_list_entry(3, MSR_IA32_CR_PAT, 0x0606060606060606);
	l1_list_entry(4, MSR_EFER, EFER_LME | EFER_SCE);
	CHECK_EQ(msrlist_load(&nested, L1_LISTS, 5), 0);
	CHECK_EQ(processor_msr(PLAIN), 77);
	CHECK_EQ(l1_state(FI_GUEST_SYSENTER_CS), 0x33);
	CHECK_EQ(l1_state(FI_GUEST_IA32_DEBUGCTL), 1);
	CHECK_EQ(l1_state(FI_GUEST_IA32_PAT), 0x0606060606060606);
	/* WRMSR does not change LMA. */
	CHECK_EQ(l1_state(FI_GUEST_IA32_EFER), EFER_LME | EFER_LMA | EFER_SCE);
	CHECK_EQ(msrlist_load(&nested, L1_LISTS, 0), 0);
}

/* Root runs with IA32_DEBUGCTL clear. What L1 is to have is tried, and is not there afterwards. */
static void load_debugctl(void)
{
	const u64 wanted = DEBUGCTLMSR_LBR | DEBUGCTLMSR_BTF | DEBUGCTLMSR_TR | DEBUGCTLMSR_BTS;
	unsigned int bit;

	start();
	processor_add_msr(MSR_IA32_DEBUGCTLMSR, 0, ~wanted);
	l1_list_entry(0, MSR_IA32_DEBUGCTLMSR, wanted);
	CHECK_EQ(msrlist_load(&nested, L1_LISTS, 1), 0);
	CHECK_EQ(l1_state(FI_GUEST_IA32_DEBUGCTL), wanted);
	CHECK_EQ(processor_msr(MSR_IA32_DEBUGCTLMSR), 0);
	for (bit = 0; bit < 64; bit++) {
		l1_list_entry(0, MSR_IA32_DEBUGCTLMSR, BIT_ULL(bit));
		CHECK_EQ(msrlist_load(&nested, L1_LISTS, 1), !(wanted >> bit & 1));
		CHECK_EQ(processor_msr(MSR_IA32_DEBUGCTLMSR), 0);
	}
}

static void load_failures(void)
{
	static const struct {
		u64 index;
		u64 value;
	} wrong[] = {
		{ 0x99, 0 }, { PLAIN, BIT_ULL(63) }, { MSR_FS_BASE, 0 }, { MSR_GS_BASE, 0 },
		{ MSR_X2APIC_FIRST, 0 }, { MSR_X2APIC_LAST, 0 }, { MSR_IA32_SMM_MONITOR_CTL, 0 },
		{ MSR_IA32_UCODE_WRITE, 0 }, { MSR_IA32_UCODE_REV, 0 }, { BIT_ULL(32) | PLAIN, 0 },
		{ MSR_EFER, EFER_SCE }, { MSR_EFER, EFER_LME | BIT_ULL(1) },
		{ MSR_IA32_CR_PAT, 2 }, { MSR_IA32_CR_PAT, 3ull << 56 }, { MSR_IA32_CR_PAT, 8 },
		{ MSR_IA32_SYSENTER_EIP, BIT_ULL(63) },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		start();
		processor_add_msr(MSR_IA32_SYSENTER_EIP, 0, BIT_ULL(63));
		l1_list_entry(0, PLAIN, 1);
		l1_list_entry(1, wrong[i].index, wrong[i].value);
		l1_list_entry(2, PLAIN, 2);
		CHECK_EQ(msrlist_load(&nested, L1_LISTS, 3), 2);
		CHECK_EQ(processor_msr(PLAIN), 1);
	}
	CHECK_EQ(msrlist_load(&nested, RAM_HIDDEN, 1), 1);
}

static const struct unit_test tests[] = {
	TEST(store),
	TEST(store_failures),
	TEST(load),
	TEST(load_debugctl),
	TEST(load_failures),
};

UNIT_MAIN(tests)
