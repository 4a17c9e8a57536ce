// SPDX-License-Identifier: GPL-2.0-only
/* Exit reasons and VM-instruction errors: numbers, names, words. */
#include <string.h>

#include "errors.h"
#include "reasons.h"
#include "unit.h"

static void exit_reasons_are_sorted_and_unique(void)
{
	static const u32 numbers[] = {
#define EXIT_REASON(name, number, text)	number,
#include "reasons.def"
#undef EXIT_REASON
	};
	unsigned int i;

	for (i = 1; i < ARRAY_SIZE(numbers); i++)
		CHECK(numbers[i - 1] < numbers[i]);
	CHECK(numbers[ARRAY_SIZE(numbers) - 1] < NR_EXIT_REASONS);
}

/* The numbers of the VMX instructions, as the SDM's appendix has them. */
static void exit_reasons_of_vmx_instructions(void)
{
	static const struct {
		u32 number;
		const char *name;
	} known[] = {
		{ 18, "VMCALL" }, { 19, "VMCLEAR" }, { 20, "VMLAUNCH" }, { 21, "VMPTRLD" },
		{ 22, "VMPTRST" }, { 23, "VMREAD" }, { 24, "VMRESUME" }, { 25, "VMWRITE" },
		{ 26, "VMXOFF" }, { 27, "VMXON" }, { 50, "INVEPT" }, { 53, "INVVPID" },
		{ 0, "EXCEPTION_NMI" }, { 48, "EPT_VIOLATION" }, { 79, "WRMSRLIST" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		CHECK_STRING(exit_reason_name(known[i].number), known[i].name);
	CHECK_STRING(exit_reason_text(33), "VM-entry failure due to invalid guest state");
}

static void high_bits_of_the_exit_reason_do_not_count(void)
{
	CHECK_STRING(exit_reason_name(0x80000021), "INVALID_STATE");
	CHECK_STRING(exit_reason_text(0x8000001b), "VMXON");
}

static void undefined_exit_reasons_have_no_name(void)
{
	static const u32 undefined[] = { 35, 38, 42, 71, 80, 96, 0xffff, 0xffffffff };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(undefined); i++) {
		CHECK(!exit_reason_name(undefined[i]));
		CHECK(!exit_reason_text(undefined[i]));
	}
}

static void vm_errors_in_words(void)
{
	CHECK_STRING(vm_error_text(VMXERR_VMXON_IN_VMX_ROOT_OPERATION),
		     "VMXON executed in VMX root operation");
	CHECK_STRING(vm_error_text(7), "VM entry with invalid control field(s)");
	CHECK_STRING(vm_error_text(12), "VMREAD/VMWRITE from/to unsupported VMCS component");
	CHECK_STRING(vm_error_text(26), "VM entry with events blocked by MOV SS");
	CHECK_STRING(vm_error_text(28), "invalid operand to INVEPT/INVVPID");
}

static void undefined_vm_errors_have_no_words(void)
{
	static const u32 undefined[] = { 0, 14, 21, 27, 29, 1000, 0xffffffff };
	unsigned int i, defined = 0;

	for (i = 0; i < ARRAY_SIZE(undefined); i++)
		CHECK(!vm_error_text(undefined[i]));
	for (i = 0; i < NR_VM_ERRORS; i++)
		defined += !!vm_error_text(i);
	CHECK_EQ(defined, 25);
}

static const struct unit_test tests[] = {
	TEST(exit_reasons_are_sorted_and_unique),
	TEST(exit_reasons_of_vmx_instructions),
	TEST(high_bits_of_the_exit_reason_do_not_count),
	TEST(undefined_exit_reasons_have_no_name),
	TEST(vm_errors_in_words),
	TEST(undefined_vm_errors_have_no_words),
};

UNIT_MAIN(tests)
