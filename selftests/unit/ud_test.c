// SPDX-License-Identifier: GPL-2.0-only
/* When VMX instructions raise #UD: every instruction in every state. */
#include "arch/insns.h"
#include "arch/reasons.h"
#include "l1/undefined.h"
#include "unit.h"

/* The conditions of each instruction's page in the SDM, one column each. */
static const struct {
	const char *name;
	u32 exit_reason;
	bool if_register;
	bool if_not_in_vmx;
	bool if_no_vmxe;
	bool if_real;
	bool if_no_invept;
	bool if_no_invvpid;
} insns[] = {
	/*			      register	not VMX	no VMXE	PE = 0	it does not exist */
	{ "VMCALL",	18,		false,	true,	false,	false,	false,	false },
	{ "VMCLEAR",	19,		true,	true,	false,	true,	false,	false },
	{ "VMLAUNCH",	20,		false,	true,	false,	true,	false,	false },
	{ "VMPTRLD",	21,		true,	true,	false,	true,	false,	false },
	{ "VMPTRST",	22,		true,	true,	false,	true,	false,	false },
	{ "VMREAD",	23,		false,	true,	false,	true,	false,	false },
	{ "VMRESUME",	24,		false,	true,	false,	true,	false,	false },
	{ "VMWRITE",	25,		false,	true,	false,	true,	false,	false },
	{ "VMXOFF",	26,		false,	true,	false,	true,	false,	false },
	{ "VMXON",	27,		true,	false,	true,	true,	false,	false },
	{ "INVEPT",	50,		false,	true,	false,	true,	true,	false },
	{ "INVVPID",	53,		false,	true,	false,	true,	false,	true },
};

/* State number 0 to 511: a bit for each thing that matters. */
static struct undefined_ctx state(unsigned int number)
{
	return (struct undefined_ctx){
		.cr0 = number & 1 ? 0x80000031 : 0x80000030,
		.cr4 = number & 2 ? 0x2020 : 0x0020,
		.efer = number & 4 ? 0xd01 : 0x801,
		.rflags = number & 8 ? 0x20002 : 0x2,
		.in_vmx = number & 16,
		.cs_l = number & 32,
		.reg_operand = number & 64,
		.missing = (u8)((number & 128 ? 0 : UD_NO_INVEPT) |
				(number & 256 ? 0 : UD_NO_INVVPID)),
	};
}

static void every_instruction_in_every_state(void)
{
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(insns); i++) {
		for (n = 0; n < 512; n++) {
			const struct undefined_ctx ctx = state(n);
			const bool expected =
				(insns[i].if_register && (n & 64)) ||
				(insns[i].if_not_in_vmx && !(n & 16)) ||
				(insns[i].if_no_vmxe && !(n & 2)) ||
				(insns[i].if_real && !(n & 1)) ||
				(insns[i].if_no_invept && !(n & 128)) ||
				(insns[i].if_no_invvpid && !(n & 256)) ||
				(n & 8) ||			/* RFLAGS.VM = 1 */
				((n & 4) && !(n & 32));		/* compatibility mode */

			CHECK_MSG(undefined_insn(insns[i].exit_reason, &ctx) == expected,
				  "%s in state %#x should %sraise #UD", insns[i].name, n,
				  expected ? "" : "not ");
		}
	}
}

/* "Not in VMX operation" and "CR4.VMXE = 0" change places. */
static void vmxon_differs_from_the_others(void)
{
	struct undefined_ctx ctx = state(1 | 2 | 4 | 32);

	CHECK(!undefined_insn(EXIT_REASON_VMXON, &ctx));
	CHECK(undefined_insn(EXIT_REASON_VMXOFF, &ctx));
	ctx.in_vmx = true;
	CHECK(!undefined_insn(EXIT_REASON_VMXON, &ctx));
	CHECK(!undefined_insn(EXIT_REASON_VMXOFF, &ctx));
	ctx.cr4 = 0;
	CHECK(undefined_insn(EXIT_REASON_VMXON, &ctx));
	CHECK(!undefined_insn(EXIT_REASON_VMXOFF, &ctx));
}

static void other_exit_reasons_are_undefined_instructions(void)
{
	const struct undefined_ctx ctx = state(1 | 2 | 4 | 16 | 32);

	CHECK(undefined_insn(EXIT_REASON_CPUID, &ctx));
	CHECK(undefined_insn(0xffff, &ctx));
}

static void high_bits_of_the_exit_reason_do_not_count(void)
{
	const struct undefined_ctx ctx = state(1 | 2 | 4 | 16 | 32);

	CHECK(!undefined_insn(EXIT_REASON_VMREAD | 1u << 28, &ctx));
}

static const struct unit_test tests[] = {
	TEST(every_instruction_in_every_state),
	TEST(vmxon_differs_from_the_others),
	TEST(other_exit_reasons_are_undefined_instructions),
	TEST(high_bits_of_the_exit_reason_do_not_count),
};

UNIT_MAIN(tests)
