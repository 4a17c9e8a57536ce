// SPDX-License-Identifier: GPL-2.0-only
/* The instruction-information field: every group of instructions, and in words. */
#include <string.h>

#include "arch/x86.h"
#include "decode/describe.h"
#include "arch/insninfo.h"
#include "arch/reasons.h"
#include "unit.h"

/* vmxon -0x18(%rbp), seen on two machines: one with 32-bit, one with 64-bit addresses. */
#define VMXON_RBP_32	0x62e148ac
#define VMXON_RBP_64	0x62e1492c

static struct insn_operand_info decode(u32 info, u32 exit_reason)
{
	struct insn_operand_info out;

	memset(&out, 0xaa, sizeof(out));
	insninfo_decode(info, exit_reason, &out);
	return out;
}

static void check_vmxon_rbp(u32 info, u8 addr_size)
{
	const struct insn_operand_info out = decode(info, EXIT_REASON_VMXON);

	CHECK_EQ(out.scaling, 0);
	CHECK_EQ(out.addr_size, addr_size);
	CHECK(!out.reg_operand);
	CHECK_EQ(out.segment, SEG_SS);
	CHECK(!out.index_valid);
	CHECK(out.base_valid);
	CHECK_EQ(out.base, GPR_RBP);
}

static void vmxon_with_32_bit_addresses(void)
{
	check_vmxon_rbp(VMXON_RBP_32, INSN_SIZE_32);
}

static void vmxon_with_64_bit_addresses(void)
{
	check_vmxon_rbp(VMXON_RBP_64, INSN_SIZE_64);
}

/* Put a memory operand together as the SDM's tables say. */
static u32 memory_info(u32 scaling, u32 size, u32 segment, u32 index, bool no_index, u32 base,
		       bool no_base)
{
	return scaling | size << 7 | segment << 15 | index << 18 | (u32)no_index << 22 |
	       base << 23 | (u32)no_base << 27;
}

/* Bits that the tables leave undefined may be anything. */
static u32 noise(u32 undefined)
{
	return (u32)unit_random() & undefined;
}

static void check_memory(u32 info, u32 reason, u32 scaling, u32 size, u32 segment, u32 reg)
{
	const struct insn_operand_info out = decode(info, reason);
	const bool no_index = info & 1u << 22, no_base = info & 1u << 27;

	CHECK_EQ(out.reg_operand, false);
	CHECK_EQ(out.scaling, scaling);
	CHECK_EQ(out.addr_size, size);
	CHECK_EQ(out.segment, segment);
	CHECK_EQ(out.index_valid, !no_index);
	CHECK_EQ(out.index, no_index ? 0 : reg);
	CHECK_EQ(out.base_valid, !no_base);
	CHECK_EQ(out.base, no_base ? 0 : 15 - reg);
}

/* All scales, sizes, segments, registers, of all instructions with a memory operand. */
static void every_memory_operand(void)
{
	static const struct {
		u32 reason;
		u32 undefined;
	} kinds[] = {
		{ EXIT_REASON_VMREAD, 0x787c }, { EXIT_REASON_VMWRITE, 0x787c },
		{ EXIT_REASON_INVEPT, 0x787c }, { EXIT_REASON_INVVPID, 0x787c },
		{ EXIT_REASON_INVPCID, 0x787c }, { EXIT_REASON_VMCLEAR, 0xf000787c },
		{ EXIT_REASON_VMPTRLD, 0xf000787c }, { EXIT_REASON_VMPTRST, 0xf000787c },
		{ EXIT_REASON_VMXON, 0xf000787c }, { EXIT_REASON_XRSTORS, 0xf000787c },
		{ EXIT_REASON_XSAVES, 0xf000787c }, { EXIT_REASON_GDTR_IDTR, 0xc000707c },
		{ EXIT_REASON_LDTR_TR, 0xc000787c },
	};
	unsigned int k, scaling, size, segment, reg, valid;

	for (k = 0; k < ARRAY_SIZE(kinds); k++)
	for (scaling = 0; scaling < 4; scaling++)
	for (size = 0; size < 3; size++)
	for (segment = 0; segment < 6; segment++)
	for (reg = 0; reg < 16; reg++)
	for (valid = 0; valid < 4; valid++) {
		const u32 info = memory_info(scaling, size, segment, reg, valid & 1, 15 - reg,
					     valid & 2);

		check_memory(info | noise(kinds[k].undefined), kinds[k].reason, scaling, size,
			     segment, reg);
	}
}

static void vmread_and_vmwrite_registers(void)
{
	unsigned int reg1, reg2;

	for (reg1 = 0; reg1 < 16; reg1++) {
		for (reg2 = 0; reg2 < 16; reg2++) {
			const u32 info = reg1 << 3 | 1u << 10 | reg2 << 28 | noise(0xffffb87);
			const struct insn_operand_info out = decode(info, EXIT_REASON_VMWRITE);

			CHECK(out.reg_operand);
			CHECK_EQ(out.reg1, reg1);
			CHECK_EQ(out.reg2, reg2);
			CHECK(!out.index_valid && !out.base_valid);
		}
	}
	CHECK_EQ(decode(0xd0000000, EXIT_REASON_VMREAD).reg2, GPR_R13);
}

static void second_register_of_invalidations(void)
{
	CHECK_EQ(decode(0x90000000, EXIT_REASON_INVEPT).reg2, GPR_R9);
	CHECK_EQ(decode(0x20000000, EXIT_REASON_INVVPID).reg2, GPR_RDX);
	CHECK_EQ(decode(0xf0000000, EXIT_REASON_INVPCID).reg2, GPR_R15);
	/* VMCLEAR has none: its bits are undefined. */
	CHECK_EQ(decode(0xf0000000, EXIT_REASON_VMCLEAR).reg2, 0);
}

/* Bit 10 means "register" only where the instruction has such a form. */
static void bit_10_counts_only_with_a_register_form(void)
{
	CHECK(decode(1u << 10, EXIT_REASON_VMREAD).reg_operand);
	CHECK(decode(1u << 10, EXIT_REASON_VMWRITE).reg_operand);
	CHECK(decode(1u << 10, EXIT_REASON_LDTR_TR).reg_operand);
	CHECK(!decode(1u << 10, EXIT_REASON_VMXON).reg_operand);
	CHECK(!decode(1u << 10, EXIT_REASON_INVEPT).reg_operand);
	CHECK(!decode(1u << 10, EXIT_REASON_RDRAND).reg_operand);
}

static void descriptor_table_instructions(void)
{
	unsigned int identity;

	for (identity = 0; identity < 4; identity++) {
		const u32 info = identity << 28 | noise(0xc000707c);

		CHECK_EQ(decode(info, EXIT_REASON_GDTR_IDTR).identity, identity);
		CHECK_EQ(decode(info, EXIT_REASON_LDTR_TR).identity, identity);
	}
	CHECK_EQ(decode(1u << 11, EXIT_REASON_GDTR_IDTR).operand_size, INSN_SIZE_32);
	CHECK_EQ(decode(0, EXIT_REASON_GDTR_IDTR).operand_size, INSN_SIZE_16);
	CHECK_EQ(decode(1u << 10 | 9u << 3, EXIT_REASON_LDTR_TR).reg1, GPR_R9);
}

static void random_number_instructions(void)
{
	unsigned int reg, size;

	for (reg = 0; reg < 16; reg++) {
		for (size = 0; size < 3; size++) {
			const u32 info = reg << 3 | size << 11 | noise(0xffffe787);
			const struct insn_operand_info out = decode(info, EXIT_REASON_RDSEED);

			CHECK_EQ(out.reg1, reg);
			CHECK_EQ(out.operand_size, size);
			CHECK(!out.reg_operand);
		}
	}
	CHECK_EQ(decode(7u << 3, EXIT_REASON_UMWAIT).reg1, GPR_RDI);
	CHECK_EQ(decode(4u << 3 | 3u << 28, EXIT_REASON_LOADIWKEY).reg2, 3);
}

static void string_io(void)
{
	const struct insn_operand_info out = decode(2u << 7 | 4u << 15 | noise(0xfffc7c7f),
						    EXIT_REASON_IO_INSTRUCTION);

	CHECK_EQ(out.addr_size, INSN_SIZE_64);
	CHECK_EQ(out.segment, SEG_FS);
	CHECK(!out.base_valid && !out.index_valid);
}

static void other_exits_have_no_instruction_information(void)
{
	const struct insn_operand_info out = decode(0xffffffff, EXIT_REASON_CPUID);
	char text[8] = "before";

	CHECK_EQ(out.format, 0);
	CHECK(!out.base_valid && !out.reg_operand);
	CHECK_EQ(describe_insninfo(0, EXIT_REASON_CPUID, text, sizeof(text)), -1);
	CHECK_EQ(describe_operand(0, EXIT_REASON_CPUID, 0, text, sizeof(text)), -1);
	CHECK_STRING(text, "before");
}

static void check_words(u32 info, u32 reason, const char *expected)
{
	char text[512];

	CHECK_EQ(describe_insninfo(info, reason, text, sizeof(text)), strlen(expected));
	CHECK_STRING(text, expected);
}

static void in_words(void)
{
	check_words(VMXON_RBP_32, EXIT_REASON_VMXON,
		    "scaling = 1\naddress size = 32-bit\nsegment = SS\nindex = none\nbase = RBP\n");
	check_words(VMXON_RBP_64, EXIT_REASON_VMXON,
		    "scaling = 1\naddress size = 64-bit\nsegment = SS\nindex = none\nbase = RBP\n");
	check_words(1u << 10 | 8u << 3 | 2u << 28, EXIT_REASON_VMREAD,
		    "operand = register\nregister 1 = R8\nregister 2 = RDX\n");
	check_words(memory_info(3, 2, 3, 9, false, 0, true) | 11u << 28, EXIT_REASON_VMWRITE,
		    "operand = memory\nscaling = 8\naddress size = 64-bit\nsegment = DS\n"
		    "index = R9\nbase = none\nregister 2 = R11\n");
	check_words(memory_info(0, 1, 3, 0, true, 0, false) | 3u << 28 | 1u << 11,
		    EXIT_REASON_GDTR_IDTR,
		    "scaling = 1\naddress size = 32-bit\nsegment = DS\nindex = none\nbase = RAX\n"
		    "operand size = 32-bit\ninstruction = LIDT\n");
	check_words(1u << 10 | 1u << 28, EXIT_REASON_LDTR_TR,
		    "operand = register\nregister 1 = RAX\ninstruction = STR\n");
	check_words(7u << 3 | 2u << 11, EXIT_REASON_RDRAND,
		    "register 1 = RDI\noperand size = 64-bit\n");
	check_words(1u << 7 | 0u << 15, EXIT_REASON_IO_INSTRUCTION,
		    "address size = 32-bit\nsegment = ES\n");
	/* What no processor should report is still told. */
	check_words(memory_info(0, 5, 7, 0, true, 0, true), EXIT_REASON_VMXON,
		    "scaling = 1\naddress size = undefined (5)\nsegment = undefined (7)\n"
		    "index = none\nbase = none\n");
}

static void check_operand(u32 info, u32 reason, u64 qualification, const char *expected)
{
	char text[128];

	CHECK_EQ(describe_operand(info, reason, qualification, text, sizeof(text)),
		 strlen(expected));
	CHECK_STRING(text, expected);
}

static void as_an_assembler_writes_it(void)
{
	check_operand(VMXON_RBP_32, EXIT_REASON_VMXON, -0x18ULL, "SS:[EBP-0x18]");
	check_operand(VMXON_RBP_64, EXIT_REASON_VMXON, 0xffffffffffffffe8, "SS:[RBP-0x18]");
	check_operand(memory_info(2, 2, 3, 10, false, 0, false), EXIT_REASON_VMPTRLD, 0,
		      "DS:[RAX+R10*4]");
	check_operand(memory_info(0, 2, 3, 0, true, 0, true), EXIT_REASON_VMPTRLD,
		      0xffffffff81000000, "DS:[0xffffffff81000000]");
	check_operand(memory_info(0, 0, 0, 6, false, 3, false), EXIT_REASON_INVEPT, 0x10,
		      "ES:[BX+SI*1+0x10]");
	check_operand(memory_info(1, 1, 5, 15, false, 8, true), EXIT_REASON_VMCLEAR, 1,
		      "GS:[R15D*2+0x1]");
	check_operand(1u << 10 | 12u << 3, EXIT_REASON_VMREAD, 0, "R12");
	check_operand(memory_info(0, 2, 3, 0, true, 0, true), EXIT_REASON_VMPTRLD, 0, "DS:[0x0]");
}

/* Too little room cuts the text off, never the buffer's end. */
static void text_stays_in_its_buffer(void)
{
	char whole[256], text[256];
	int len, room;

	len = describe_insninfo(VMXON_RBP_64, EXIT_REASON_VMXON, whole, sizeof(whole));
	for (room = 0; room <= len + 1; room++) {
		memset(text, 'x', sizeof(text));
		CHECK_EQ(describe_insninfo(VMXON_RBP_64, EXIT_REASON_VMXON, text, (size_t)room),
			 len);
		CHECK_EQ(text[room], 'x');
		if (room) {
			CHECK_EQ(strlen(text), room - 1);
			CHECK(!memcmp(text, whole, (size_t)room - 1));
		}
	}
	CHECK_EQ(describe_insninfo(VMXON_RBP_64, EXIT_REASON_VMXON, NULL, 0), len);
}

static const struct unit_test tests[] = {
	TEST(vmxon_with_32_bit_addresses),
	TEST(vmxon_with_64_bit_addresses),
	TEST(every_memory_operand),
	TEST(vmread_and_vmwrite_registers),
	TEST(second_register_of_invalidations),
	TEST(bit_10_counts_only_with_a_register_form),
	TEST(descriptor_table_instructions),
	TEST(random_number_instructions),
	TEST(string_io),
	TEST(other_exits_have_no_instruction_information),
	TEST(in_words),
	TEST(as_an_assembler_writes_it),
	TEST(text_stays_in_its_buffer),
};

UNIT_MAIN(tests)
