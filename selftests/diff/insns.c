// SPDX-License-Identifier: GPL-2.0-only
/*
 * Statements that are instructions of L1.
 */
#include <stdio.h>
#include <stdlib.h>

#include "caps.h"
#include "encode.h"
#include "expr.h"
#include "insns.h"
#include "options.h"
#include "steps.h"
#include "written.h"
#include "arch/x86.h"

static void do_pointer_insn(char **words, const char *opcode, size_t len, int digit)
{
	struct insn insn = options_take(words);
	u64 value;

	line_need(words, 1);
	value = expr_value(words[0]);
	encode_operand(&insn, &value, 8);
	encode_mem_insn(&insn, opcode, len, digit);
	encode_emit(&insn);
}

static void do_vmxon(char **words)
{
	do_pointer_insn(words, "\xf3\x0f\xc7", 3, 6);
}

static void do_vmclear(char **words)
{
	do_pointer_insn(words, "\x66\x0f\xc7", 3, 6);
}

static void do_vmptrld(char **words)
{
	do_pointer_insn(words, "\x0f\xc7", 2, 6);
}

static void do_vmptrst(char **words)
{
	struct insn insn = options_take(words);

	encode_mem_insn(&insn, "\x0f\xc7", 2, 7);
	encode_emit(&insn);
}

static void do_vmread(char **words)
{
	struct insn insn = options_take(words);

	line_need(words, 1);
	encode_set_reg(&insn, insn.reg_field, expr_field(words[0]));
	if (insn.mem)
		encode_mem_insn(&insn, "\x0f\x78", 2, insn.reg_field);
	else
		encode_reg_insn(&insn, "\x0f\x78", 2, insn.reg_field, insn.reg_value);
	encode_emit(&insn);
}

static void do_vmwrite(char **words)
{
	struct insn insn = options_take(words);
	u64 value;

	line_need(words, 2);
	value = expr_value(words[1]);
	written_note(expr_field(words[0]), value);
	encode_set_reg(&insn, insn.reg_field, expr_field(words[0]));
	if (insn.mem) {
		encode_operand(&insn, &value, 8);
		encode_mem_insn(&insn, "\x0f\x79", 2, insn.reg_field);
	} else {
		encode_set_reg(&insn, insn.reg_value, value);
		encode_reg_insn(&insn, "\x0f\x79", 2, insn.reg_field, insn.reg_value);
	}
	encode_emit(&insn);
}

static void do_invalidate(char **words, const char *opcode)
{
	struct insn insn = options_take(words);
	u64 operand[2];

	line_need(words, 3);
	operand[0] = expr_value(words[1]);
	operand[1] = expr_value(words[2]);
	encode_operand(&insn, operand, 16);
	encode_mem_insn(&insn, opcode, 4, insn.reg_field);
	encode_set_reg(&insn, insn.reg_field, expr_value(words[0]));
	encode_emit(&insn);
}

static void do_invept(char **words)
{
	do_invalidate(words, "\x66\x0f\x38\x80");
}

static void do_invvpid(char **words)
{
	do_invalidate(words, "\x66\x0f\x38\x81");
}

static void do_plain(char **words, const char *code, size_t len, u8 flags)
{
	struct insn insn = options_take(words);

	insn.flags |= flags;
	encode_bytes(&insn, code, len);
	encode_emit(&insn);
}

static void do_vmlaunch(char **words)
{
	do_plain(words, "\x0f\x01\xc2", 3, LHV_F_ENTRY);
}

static void do_vmresume(char **words)
{
	do_plain(words, "\x0f\x01\xc3", 3, LHV_F_ENTRY);
}

static void do_vmcall(char **words)
{
	do_plain(words, "\x0f\x01\xc1", 3, 0);
}

static void do_vmxoff(char **words)
{
	do_plain(words, "\x0f\x01\xc4", 3, 0);
}

static void do_vmfunc(char **words)
{
	struct insn insn = options_take(words);

	line_need(words, 2);
	encode_set_reg(&insn, GPR_RAX, expr_value(words[0]));
	encode_set_reg(&insn, GPR_RCX, expr_value(words[1]));
	encode_bytes(&insn, "\x0f\x01\xd4", 3);
	encode_emit(&insn);
}

static void do_exec(char **words)
{
	struct insn insn = options_take(words);

	for (; *words; words++)
		encode_byte(&insn, strtoul(*words, NULL, 16));
	encode_emit(&insn);
}

static void do_mov_from_rax(char **words, u8 opcode, u8 modrm)
{
	struct insn insn = options_take(words);

	line_need(words, 1);
	encode_set_reg(&insn, GPR_RAX, expr_value(words[0]));
	encode_bytes(&insn, (u8[]){ 0x0f, opcode, modrm }, 3);
	encode_emit(&insn);
}

static void do_mov_cr(char **words, u8 modrm)
{
	do_mov_from_rax(words, 0x22, modrm);
}

static void do_cr0(char **words)
{
	do_mov_cr(words, 0xc0);
}

static void do_cr3(char **words)
{
	do_mov_cr(words, 0xd8);
}

static void do_cr4(char **words)
{
	do_mov_cr(words, 0xe0);
}

static void do_dr0(char **words)
{
	do_mov_from_rax(words, 0x23, 0xc0);
}

static void do_dr1(char **words)
{
	do_mov_from_rax(words, 0x23, 0xc8);
}

static void do_dr7(char **words)
{
	do_mov_from_rax(words, 0x23, 0xf8);
}

static void do_wrmsr(char **words)
{
	struct insn insn = options_take(words);
	u64 value;

	line_need(words, 2);
	value = expr_value(words[1]);
	encode_set_reg(&insn, GPR_RCX, expr_value(words[0]));
	encode_set_reg(&insn, GPR_RAX, (u32)value);
	encode_set_reg(&insn, GPR_RDX, value >> 32);
	encode_bytes(&insn, "\x0f\x30", 2);
	encode_emit(&insn);
}

static void do_rdmsr(char **words)
{
	struct insn insn = options_take(words);

	line_need(words, 1);
	encode_set_reg(&insn, GPR_RCX, expr_value(words[0]));
	encode_bytes(&insn, "\x0f\x32", 2);
	encode_emit(&insn);
}

static void do_enable(char **words)
{
	char vmxe[32], *cr4[] = { vmxe, NULL }, vmxon[] = "vmxon0", *region[] = { vmxon, NULL };

	(void)words;
	snprintf(vmxe, sizeof(vmxe), "%#llx", (unsigned long long)(caps.cr4 | X86_CR4_VMXE));
	do_cr4(cr4);
	do_vmxon(region);
	steps_last()->flags |= LHV_F_QUIET;
}

const struct statement insns_statements[] = {
	{ "enable", do_enable },	{ "vmxon", do_vmxon },		{ "vmclear", do_vmclear },
	{ "vmptrld", do_vmptrld },	{ "vmptrst", do_vmptrst },	{ "vmread", do_vmread },
	{ "vmwrite", do_vmwrite },	{ "invept", do_invept },	{ "invvpid", do_invvpid },
	{ "vmlaunch", do_vmlaunch },	{ "vmresume", do_vmresume },	{ "vmcall", do_vmcall },
	{ "vmxoff", do_vmxoff },	{ "vmfunc", do_vmfunc },	{ "exec", do_exec },
	{ "cr0", do_cr0 },		{ "cr3", do_cr3 },		{ "cr4", do_cr4 },
	{ "dr0", do_dr0 },		{ "dr1", do_dr1 },		{ "dr7", do_dr7 },
	{ "wrmsr", do_wrmsr },		{ "rdmsr", do_rdmsr },
	{ NULL, NULL },
};
