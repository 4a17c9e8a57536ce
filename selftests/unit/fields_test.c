// SPDX-License-Identifier: GPL-2.0-only
/* The table of VMCS fields and its index. */
#include <stdio.h>
#include <string.h>

#include "arch/fields.h"
#include "decode/fields.h"
#include "unit.h"

static void fields_are_sorted_and_unique(void)
{
	unsigned int i;

	for (i = 1; i < NR_FIELDS; i++)
		CHECK_MSG(field_table[i - 1].encoding < field_table[i].encoding,
			  "%s is not above %s", field_name(i), field_name(i - 1));
}

static void index_round_trip(void)
{
	unsigned int i;

	for (i = 0; i < NR_FIELDS; i++)
		CHECK_EQ(field_index(field_table[i].encoding), i);
}

/* Every encoding of 16 bits that is not in the table is no field. */
static void nothing_else_is_a_field(void)
{
	unsigned int found = 0, high = 0;
	u64 encoding;

	for (encoding = 0; encoding < 0x10000; encoding++) {
		const int index = field_index(encoding);

		if (index < 0)
			continue;
		CHECK_EQ(field_table[index].encoding, encoding & ~1ULL);
		if (FIELD_HIGH(encoding))
			high++;
		else
			found++;
	}
	CHECK_EQ(found, NR_FIELDS);
	CHECK_MSG(high > 0 && high < found, "%u high halves", high);
}

/* SDM "Structure of VMCS Component Encoding": bits 14:13 are the width, 11:10 the type. */
static void width_and_type_agree_with_the_encoding(void)
{
	static const unsigned int bits_of_width[] = { 16, 64, 32, 64 };
	unsigned int i;

	for (i = 0; i < NR_FIELDS; i++) {
		const u16 encoding = field_table[i].encoding;

		CHECK_EQ(field_table[i].width, encoding >> 13);
		CHECK_EQ(field_table[i].type, (encoding >> 10) & 3);
		CHECK_EQ(field_bits(i), bits_of_width[encoding >> 13]);
		CHECK_EQ(field_read_only(i), (encoding & 0xc00) == 0x400);
		CHECK_EQ(encoding & 0x9001, 0);
	}
}

static void high_half_exists_for_64_bit_fields_only(void)
{
	unsigned int i;

	for (i = 0; i < NR_FIELDS; i++) {
		const int high = field_index(field_table[i].encoding | 1);

		CHECK_EQ(high, field_table[i].width == FIELD_WIDTH_64 ? (int)i : -1);
	}
}

/* In 64-bit mode VMREAD takes all 64 bits of its register. */
static void bits_above_the_encoding_name_no_field(void)
{
	unsigned int bit;

	CHECK_EQ(field_index(GUEST_RIP), FI_GUEST_RIP);
	for (bit = 15; bit < 64; bit++)
		CHECK_EQ(field_index(GUEST_RIP | 1ULL << bit), -1);
	CHECK_EQ(field_index(GUEST_RIP | 1ULL << 12), -1);
	CHECK_EQ(field_index(~0ULL), -1);
}

/* A few of each kind, against numbers typed from the SDM's appendix once more. */
static void well_known_encodings(void)
{
	static const struct {
		u32 encoding;
		const char *name;
	} known[] = {
		{ 0x0000, "VIRTUAL_PROCESSOR_ID" },	{ 0x0812, "GUEST_PML_INDEX" },
		{ 0x0c0c, "HOST_TR_SELECTOR" },		{ 0x2004, "MSR_BITMAP" },
		{ 0x201a, "EPT_POINTER" },		{ 0x2032, "TSC_MULTIPLIER" },
		{ 0x2400, "GUEST_PHYSICAL_ADDRESS" },	{ 0x2800, "VMCS_LINK_POINTER" },
		{ 0x2810, "GUEST_PDPTR3" },		{ 0x2c04, "HOST_IA32_PERF_GLOBAL_CTRL" },
		{ 0x401e, "SECONDARY_VM_EXEC_CONTROL" },	{ 0x4400, "VM_INSTRUCTION_ERROR" },
		{ 0x440e, "VMX_INSTRUCTION_INFO" },	{ 0x4826, "GUEST_ACTIVITY_STATE" },
		{ 0x482e, "VMX_PREEMPTION_TIMER_VALUE" },	{ 0x4c00, "HOST_IA32_SYSENTER_CS" },
		{ 0x600a, "CR3_TARGET_VALUE1" },	{ 0x640a, "GUEST_LINEAR_ADDRESS" },
		{ 0x6820, "GUEST_RFLAGS" },		{ 0x6c16, "HOST_RIP" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		const int index = field_index(known[i].encoding);

		CHECK_STRING(index < 0 ? "none" : field_name(index), known[i].name);
	}
	CHECK_STRING(field_text(FI_HOST_RIP), "Host RIP");
	CHECK(!field_name(NR_FIELDS));
	CHECK(!field_text(NR_FIELDS));
}

static const struct vmx_caps no_caps;

static void only_unconditional_fields_without_capabilities(void)
{
	unsigned int i;

	for (i = 0; i < NR_FIELDS; i++)
		CHECK_MSG(field_supported(i, &no_caps) == (field_table[i].cond == COND_ALWAYS),
			  "%s", field_name(i));
}

static void every_field_with_all_capabilities(void)
{
	struct vmx_caps caps;
	unsigned int i;

	memset(&caps, 0xff, sizeof(caps));
	for (i = 0; i < NR_FIELDS; i++)
		CHECK_MSG(field_supported(i, &caps), "%s", field_name(i));
}

/* Exactly the named control makes the fields exist. */
static void one_control_makes_its_fields_exist(void)
{
	static const struct {
		struct vmx_caps caps;
		u16 fields[6];
	} cases[] = {
		{ { .pin.allowed1 = 1u << 6 }, { 0x482e } },
		{ { .pin.allowed1 = 1u << 7 }, { 0x0002, 0x2016 } },
		{ { .proc.allowed1 = 1u << 28 }, { 0x2004 } },
		{ { .proc.allowed1 = 1u << 21 }, { 0x2012, 0x401c } },
		{ { .proc.allowed1 = 1u << 31 }, { 0x401e } },
		{ { .proc.allowed1 = 1u << 17 }, { 0x2034 } },
		{ { .proc2.allowed1 = 1u << 0 }, { 0x2014 } },
		{ { .proc2.allowed1 = 1u << 1 },
		  { 0x201a, 0x2400, 0x280a, 0x280c, 0x280e, 0x2810 } },
		{ { .proc2.allowed1 = 1u << 9 }, { 0x0810, 0x201c, 0x201e, 0x2020, 0x2022 } },
		{ { .proc2.allowed1 = 1u << 10 }, { 0x4020, 0x4022 } },
		{ { .proc2.allowed1 = 1u << 13 }, { 0x2018 } },
		{ { .proc2.allowed1 = 1u << 14 }, { 0x2026, 0x2028 } },
		{ { .proc2.allowed1 = 1u << 17 }, { 0x0812, 0x200e } },
		{ { .proc2.allowed1 = 1u << 18 }, { 0x0004, 0x202a } },
		{ { .proc2.allowed1 = 1u << 20 }, { 0x202c } },
		{ { .proc2.allowed1 = 1u << 25 }, { 0x2032 } },
		{ { .proc3 = 1u << 1 }, { 0x0006, 0x2040 } },
		{ { .proc3 = 1u << 4 }, { 0x0008, 0x2042 } },
		{ { .proc3 = 1u << 7 }, { 0x204a, 0x204c } },
		{ { .exit.allowed1 = 1u << 31 }, { 0x2044 } },
		{ { .exit.allowed1 = 1u << 19 }, { 0x2c00 } },
		{ { .exit.allowed1 = 1u << 18 }, { 0x2804 } },
		{ { .entry.allowed1 = 1u << 14 }, { 0x2804 } },
		{ { .exit.allowed1 = 1u << 20 }, { 0x2806 } },
		{ { .entry.allowed1 = 1u << 15 }, { 0x2806 } },
		{ { .exit.allowed1 = 1u << 21 }, { 0x2c02 } },
		{ { .entry.allowed1 = 1u << 13 }, { 0x2808 } },
		{ { .exit.allowed1 = 1u << 12 }, { 0x2c04 } },
		{ { .entry.allowed1 = 1u << 16 }, { 0x2812 } },
		{ { .exit.allowed1 = 1u << 23 }, { 0x2812 } },
		{ { .entry.allowed1 = 1u << 20 }, { 0x6828, 0x682a, 0x682c } },
		{ { .exit.allowed1 = 1u << 28 }, { 0x6c18, 0x6c1a, 0x6c1c } },
		{ { .entry.allowed1 = 1u << 22 }, { 0x2818 } },
		{ { .exit.allowed1 = 1u << 29 }, { 0x2c06 } },
		{ { .vmfunc = 1 }, { 0x2024 } },
		{ { .misc = 2 << 16 }, { 0x6008, 0x600a } },
	};
	unsigned int i, f, k, expected;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		for (f = 0; f < NR_FIELDS; f++) {
			if (field_table[f].cond == COND_ALWAYS || !field_table[f].encoding)
				continue;
			expected = 0;
			for (k = 0; k < ARRAY_SIZE(cases[i].fields); k++)
				expected |= cases[i].fields[k] == field_table[f].encoding;
			CHECK_MSG(field_supported(f, &cases[i].caps) == (bool)expected,
				  "case %u: %s", i, field_name(f));
		}
	}
}

/* VPID: encoding 0, so it cannot stand in the lists of zeros above. */
static void vpid_field_exists_with_vpids(void)
{
	const struct vmx_caps caps = { .proc2.allowed1 = 1u << 5 };

	CHECK(field_supported(FI_VIRTUAL_PROCESSOR_ID, &caps));
	CHECK(!field_supported(FI_EPT_POINTER, &caps));
	CHECK(!field_supported(FI_VIRTUAL_PROCESSOR_ID, &no_caps));
}

static const struct unit_test tests[] = {
	TEST(fields_are_sorted_and_unique),
	TEST(index_round_trip),
	TEST(nothing_else_is_a_field),
	TEST(width_and_type_agree_with_the_encoding),
	TEST(high_half_exists_for_64_bit_fields_only),
	TEST(bits_above_the_encoding_name_no_field),
	TEST(well_known_encodings),
	TEST(only_unconditional_fields_without_capabilities),
	TEST(every_field_with_all_capabilities),
	TEST(one_control_makes_its_fields_exist),
	TEST(vpid_field_exists_with_vpids),
};

UNIT_MAIN(tests)
