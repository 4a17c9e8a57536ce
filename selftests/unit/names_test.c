// SPDX-License-Identifier: GPL-2.0-only
/* Exit reasons, VM-instruction errors, checks of VM entries, capabilities: numbers, names, words. */
#include <string.h>

#include "arch/msr.h"
#include "arch/x86.h"
#include "arch/vmx.h"
#include "decode/caps.h"
#include "arch/checks.h"
#include "decode/checks.h"
#include "arch/errors.h"
#include "decode/errors.h"
#include "arch/reasons.h"
#include "decode/reasons.h"
#include "unit.h"

static void exit_reasons_are_sorted_and_unique(void)
{
	static const u32 numbers[] = {
#define EXIT_REASON(name, number, text)	number,
#include "arch/reasons.def"
#undef EXIT_REASON
	};
	unsigned int i;

	for (i = 1; i < ARRAY_SIZE(numbers); i++)
		CHECK(numbers[i - 1] < numbers[i]);
	CHECK_EQ(numbers[ARRAY_SIZE(numbers) - 1], NR_EXIT_REASONS - 1);
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
		CHECK_STRING(reason_name(known[i].number), known[i].name);
	CHECK_STRING(reason_text(33), "VM-entry failure due to invalid guest state");
}

static void high_bits_of_the_exit_reason_do_not_count(void)
{
	CHECK_STRING(reason_name(0x80000021), "INVALID_STATE");
	CHECK_STRING(reason_text(0x8000001b), "VMXON");
}

static void undefined_exit_reasons_have_no_name(void)
{
	static const u32 undefined[] = { 35, 38, 42, 71, 80, 96, 0xffff, 0xffffffff };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(undefined); i++) {
		CHECK(!reason_name(undefined[i]));
		CHECK(!reason_text(undefined[i]));
	}
}

static void vm_errors_in_words(void)
{
	CHECK_STRING(error_text(VMXERR_VMXON_IN_VMX_ROOT_OPERATION),
		     "VMXON executed in VMX root operation");
	CHECK_STRING(error_text(7), "VM entry with invalid control field(s)");
	CHECK_STRING(error_text(12), "VMREAD/VMWRITE from/to unsupported VMCS component");
	CHECK_STRING(error_text(26), "VM entry with events blocked by MOV SS");
	CHECK_STRING(error_text(28), "invalid operand to INVEPT/INVVPID");
}

static void undefined_vm_errors_have_no_words(void)
{
	static const u32 undefined[] = { 0, 14, 21, 27, 29, 1000, 0xffffffff };
	unsigned int i, defined = 0;

	for (i = 0; i < ARRAY_SIZE(undefined); i++)
		CHECK(!error_text(undefined[i]));
	for (i = 0; i < NR_VM_ERRORS; i++)
		defined += !!error_text(i);
	CHECK_EQ(defined, 25);
}

static const u32 check_numbers[] = {
#define ENTRY_CHECK(id, number, name, text, section)	number,
#include "arch/checks.def"
#undef ENTRY_CHECK
};

static void entry_checks_are_sorted_and_unique(void)
{
	unsigned int i;

	CHECK(check_numbers[0] > CHECK_PASSED);
	for (i = 1; i < ARRAY_SIZE(check_numbers); i++)
		CHECK(check_numbers[i - 1] < check_numbers[i]);
	CHECK_EQ(check_numbers[ARRAY_SIZE(check_numbers) - 1], NR_ENTRY_CHECKS - 1);
}

/* Numbers that were released: each keeps its meaning. */
static void entry_checks_keep_their_numbers(void)
{
	static const struct {
		u32 number;
		const char *name;
	} known[] = {
		{ 1, "no-current-vmcs" }, { 5, "not-launched" }, { 10, "ctl-pin-reserved" },
		{ 29, "eptp-reserved" }, { 49, "entry-msr-load-end" }, { 71, "own-high-pasid" },
		{ 80, "host-cr0" }, { 98, "host-idtr-base" }, { 106, "host-rip-32" },
		{ 114, "link-shadow" }, { 120, "hw-controls" }, { 128, "hw-other" },
		{ 129, "host-cr4-cet" }, { 137, "host-ssp-32" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		CHECK_STRING(check_name(known[i].number), known[i].name);
}

/* A name is a word for programs: lower case, digits and dashes; no other check has it. */
static void entry_checks_have_names_of_their_own(void)
{
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(check_numbers); i++) {
		const char *name = check_name(check_numbers[i]);

		CHECK(*name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") ==
		      strlen(name));
		CHECK_MSG(strlen(name) <= 24, "%s is too long for a column", name);
		for (j = 0; j < i; j++)
			CHECK_MSG(strcmp(name, check_name(check_numbers[j])),
				  "%s twice", name);
	}
}

/* One sentence each, without a full stop: it stands in the middle of others. */
static void entry_checks_have_sentences_of_their_own(void)
{
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(check_numbers); i++) {
		const char *text = check_text(check_numbers[i]);

		CHECK_MSG(strlen(text) > 20 && text[strlen(text) - 1] != '.', "%s", text);
		CHECK(strlen(check_section(check_numbers[i])) > 10);
		for (j = 0; j < i; j++)
			CHECK_MSG(strcmp(text, check_text(check_numbers[j])), "%s", text);
	}
}

static void undefined_entry_checks_have_no_words(void)
{
	static const u32 undefined[] = { 0, 6, 9, 15, 99, NR_ENTRY_CHECKS, 0xffffffff };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(undefined); i++) {
		CHECK(!check_name(undefined[i]));
		CHECK(!check_text(undefined[i]));
		CHECK(!check_section(undefined[i]));
	}
}

static const struct {
	enum cap_word word;
	u64 bit;
	const char *text;
} capability_bits[] = {
#define CAP_BIT(word_, bit_, text_) { CAP_##word_, bit_, text_ },
#include "arch/capbits.def"
#undef CAP_BIT
};

/* One bit each; sorted within a word, so none twice. */
static void capability_bits_are_sorted_and_unique(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(capability_bits); i++) {
		const u64 bit = capability_bits[i].bit;

		CHECK(bit && !(bit & (bit - 1)));
		CHECK_STRING(cap_bit_text(capability_bits[i].word, __builtin_ctzll(bit)),
			     capability_bits[i].text);
		if (i && capability_bits[i - 1].word == capability_bits[i].word)
			CHECK_MSG(capability_bits[i - 1].bit < bit, "%s", capability_bits[i].text);
	}
}

/* What is hidden has a name, and a reason that tells more than that. */
static void hidden_capabilities_have_reasons(void)
{
	static const struct {
		enum cap_word word;
		u64 bit;
	} hidden[] = {
#define CAP_HIDDEN(word_, bit_, reason_) { CAP_##word_, bit_ },
#include "arch/caphidden.def"
#undef CAP_HIDDEN
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hidden); i++) {
		const unsigned int bit = __builtin_ctzll(hidden[i].bit);
		const char *reason = cap_hidden_reason(hidden[i].word, bit);

		CHECK(!(hidden[i].bit & (hidden[i].bit - 1)));
		CHECK(cap_bit_text(hidden[i].word, bit));
		CHECK(reason && strlen(reason) > 20 && reason[strlen(reason) - 1] != '.');
	}
	CHECK(!cap_hidden_reason(CAP_PROC2, __builtin_ctz(SECONDARY_EXEC_ENABLE_EPT)));
	CHECK(!cap_hidden_reason(CAP_PROC3, 7));
	/* One that has no name yet */
	CHECK(cap_hidden_reason(CAP_PROC3, 9));
	CHECK(cap_hidden_reason(CAP_PROC3, 63));
	/* With a control goes the MSR that tells of what it activates. */
	CHECK(!cap_implied_reason(MSR_IA32_VMX_PROCBASED_CTLS3, 4));
	CHECK(cap_implied_reason(MSR_IA32_VMX_EXIT_CTLS2, 3) ==
	      cap_hidden_reason(CAP_EXIT, __builtin_ctz(VM_EXIT_ACTIVATE_SECONDARY_CONTROLS)));
	CHECK(!cap_implied_reason(MSR_IA32_VMX_EPT_VPID_CAP, 0));
}

/* Controls that VMX operation forces are reserved bits and have no name: Broadwell's MSRs. */
static void default1_controls_have_no_names(void)
{
	static const struct {
		enum cap_word word;
		u32 forced;
	} words[] = {
		{ CAP_PIN, PIN_BASED_ALWAYSON_WITHOUT_TRUE_MSR },
		{ CAP_PROC, CPU_BASED_ALWAYSON_WITHOUT_TRUE_MSR },
		{ CAP_EXIT, VM_EXIT_ALWAYSON_WITHOUT_TRUE_MSR },
		{ CAP_ENTRY, VM_ENTRY_ALWAYSON_WITHOUT_TRUE_MSR },
	};
	/* "Default1" but of use all the same where the TRUE MSRs exist */
	const u32 named[NR_CAP_WORDS] = {
		[CAP_PROC] = CPU_BASED_CR3_LOAD_EXITING | CPU_BASED_CR3_STORE_EXITING,
		[CAP_EXIT] = VM_EXIT_SAVE_DEBUG_CONTROLS,
		[CAP_ENTRY] = VM_ENTRY_LOAD_DEBUG_CONTROLS,
	};
	unsigned int i, bit;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		for (bit = 0; bit < 32; bit++) {
			if (words[i].forced >> bit & 1)
				CHECK_EQ(!!cap_bit_text(words[i].word, bit),
					 named[words[i].word] >> bit & 1);
		}
	}
}

static void capability_msrs_by_number(void)
{
	unsigned int i;

	for (i = 0; i < NR_CAP_MSRS; i++)
		CHECK(!strncmp(cap_msr(0x480 + i)->name, "IA32_VMX_", 9));
	CHECK_STRING(cap_msr(0x480)->name, "IA32_VMX_BASIC");
	CHECK_STRING(cap_msr(0x48b)->name, "IA32_VMX_PROCBASED_CTLS2");
	CHECK_EQ(cap_msr(0x48b)->word, CAP_PROC2);
	CHECK_STRING(cap_msr(0x493)->name, "IA32_VMX_EXIT_CTLS2");
	CHECK(!cap_msr(0x47f) && !cap_msr(0x494));
	CHECK(!cap_bit_text(CAP_PIN, 1) && !cap_bit_text(CAP_NONE, 0));
}

/* Names for a user to type: each finds its bit again, no two are the same. */
static void capability_bits_have_keys_of_their_own(void)
{
	char key[CAP_KEY_SIZE];
	unsigned int i, bit;
	enum cap_word word;

	for (i = 0; i < ARRAY_SIZE(capability_bits); i++) {
		const unsigned int number = __builtin_ctzll(capability_bits[i].bit);

		CHECK(cap_bit_key(capability_bits[i].word, number, key));
		CHECK_MSG(strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789-.") == strlen(key) &&
			  strlen(key) + 1 < CAP_KEY_SIZE, "%s", key);
		CHECK(cap_bit_find(key, strlen(key), &word, &bit));
		CHECK_MSG(word == capability_bits[i].word && bit == number, "%s twice", key);
	}
	CHECK(cap_bit_key(CAP_PROC2, 1, key));
	CHECK_STRING(key, "proc2.enable-ept");
	CHECK(cap_bit_key(CAP_MISC, 5, key));
	CHECK_STRING(key, "misc.exits-store-efer-lma-in-ia-32e-mode-guest");
	CHECK(!cap_bit_key(CAP_PIN, 1, key));
	CHECK(!cap_bit_find("proc2.enable-ept", 15, &word, &bit));
	CHECK(!cap_bit_find("proc2.enable-epts", 17, &word, &bit));
	CHECK(!cap_bit_find("enable-ept", 10, &word, &bit));
	CHECK(!cap_bit_find("", 0, &word, &bit));
}

static void capabilities_that_are_masked(void)
{
	CHECK_EQ(cap_mask(0x48b, CAP_PROC2, 1), 1ULL << 33);
	CHECK_EQ(cap_mask(0x482, CAP_PROC, 31), 1ULL << 63);
	CHECK_EQ(cap_mask(0x48e, CAP_PROC, 31), 1ULL << 63);
	CHECK_EQ(cap_mask(0x48c, CAP_EPT_VPID, 21), 1ULL << 21);
	CHECK_EQ(cap_mask(0x492, CAP_PROC3, 4), 1ULL << 4);
	/* What a processor without the control has not either */
	CHECK_EQ(cap_mask(0x48c, CAP_PROC2, 1), 0xffffffff);
	CHECK_EQ(cap_mask(0x48c, CAP_PROC2, 5), 0xffff00000000);
	CHECK_EQ(cap_mask(0x491, CAP_PROC2, 13), ~0ULL);
	CHECK_EQ(cap_mask(0x48b, CAP_PROC, 31), ~0ULL);
	CHECK_EQ(cap_mask(0x48b, CAP_PROC, 30), 0);
	CHECK_EQ(cap_mask(0x48c, CAP_PROC2, 2), 0);
	CHECK_EQ(cap_mask(0x480, CAP_BASIC, 55), 0);
	CHECK_EQ(cap_mask(0x487, CAP_CR0, 0), 0);
	CHECK_EQ(cap_mask(0x494, CAP_PIN, 0), 0);
}

static const struct unit_test tests[] = {
	TEST(exit_reasons_are_sorted_and_unique),
	TEST(exit_reasons_of_vmx_instructions),
	TEST(high_bits_of_the_exit_reason_do_not_count),
	TEST(undefined_exit_reasons_have_no_name),
	TEST(vm_errors_in_words),
	TEST(undefined_vm_errors_have_no_words),
	TEST(entry_checks_are_sorted_and_unique),
	TEST(entry_checks_keep_their_numbers),
	TEST(entry_checks_have_names_of_their_own),
	TEST(entry_checks_have_sentences_of_their_own),
	TEST(undefined_entry_checks_have_no_words),
	TEST(capability_bits_are_sorted_and_unique),
	TEST(hidden_capabilities_have_reasons),
	TEST(default1_controls_have_no_names),
	TEST(capability_msrs_by_number),
	TEST(capability_bits_have_keys_of_their_own),
	TEST(capabilities_that_are_masked),
};

UNIT_MAIN(tests)
