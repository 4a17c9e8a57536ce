// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instructions of L1: addressing forms, encoding, operands.
 */
#include <string.h>

#include "arena.h"
#include "encode.h"
#include "line.h"
#include "steps.h"
#include "arch/x86.h"

void encode_bytes(struct insn *insn, const void *bytes, size_t len)
{
	if (insn->len + len > LHV_CODE_MAX)
		line_bad("the code is too long");
	memcpy(insn->code + insn->len, bytes, len);
	insn->len += len;
}

void encode_byte(struct insn *insn, u8 byte)
{
	encode_bytes(insn, &byte, 1);
}

static void put_32(struct insn *insn, u32 value)
{
	encode_bytes(insn, &value, 4);
}

void encode_set_reg(struct insn *insn, int reg, u64 value)
{
	insn->regs[reg] = value;
	insn->regs_set |= 1u << reg;
}

/*
 * Addressing forms. "bytes" is ModRM (without its register field), SIB and displacement; the registers
 * are chosen so that the sum is the operand's address.
 */
struct form {
	const char *name;
	const char *prefix;
	u8 rex;				/* X and B */
	u8 len;
	u8 bytes[6];
	struct { int reg; s64 less; } regs[2];	/* value: address less, or, for the second, itself */
	enum { DISP_NONE, DISP_ABS, DISP_RIP, DISP_RSP } disp;
	u64 garbage;			/* above 32 bits */
};

#define NO_REG	{ -1, 0 }

static const struct form forms[] = {
	{ "rax", "", 0, 1, { 0x00 }, { { GPR_RAX, 0 }, NO_REG }, DISP_NONE, 0 },
	{ "rbp", "", 0, 2, { 0x45, 0xe8 }, { { GPR_RBP, -0x18 }, NO_REG }, DISP_NONE, 0 },
	{ "sib", "", 0, 3, { 0x44, 0xcb, 0x40 },
	  { { GPR_RBX, 0x40 + 8 * 0x10 }, { GPR_RCX, 0x10 } }, DISP_NONE, 0 },
	{ "sib2", "", 0, 2, { 0x04, 0x4b },
	  { { GPR_RBX, 2 * 0x123 }, { GPR_RCX, 0x123 } }, DISP_NONE, 0 },
	{ "r12", "", 1, 2, { 0x04, 0x24 }, { { GPR_R12, 0 }, NO_REG }, DISP_NONE, 0 },
	{ "r13", "", 1, 2, { 0x45, 0x00 }, { { GPR_R13, 0 }, NO_REG }, DISP_NONE, 0 },
	{ "r9index", "", 2, 2, { 0x04, 0x8a },
	  { { GPR_RDX, 4 * 0x100 }, { GPR_R9, 0x100 } }, DISP_NONE, 0 },
	{ "disp32", "", 0, 5, { 0x83, 0x34, 0x12, 0, 0 }, { { GPR_RBX, 0x1234 }, NO_REG }, DISP_NONE, 0 },
	{ "negative", "", 0, 5, { 0x83, 0, 0, 0, 0x80 },
	  { { GPR_RBX, -0x80000000ll }, NO_REG }, DISP_NONE, 0 },
	{ "abs", "", 0, 6, { 0x04, 0x25 }, { NO_REG, NO_REG }, DISP_ABS, 0 },
	{ "rip", "", 0, 5, { 0x05 }, { NO_REG, NO_REG }, DISP_RIP, 0 },
	{ "rsp", "", 0, 6, { 0x84, 0x24 }, { NO_REG, NO_REG }, DISP_RSP, 0 },
	{ "fs", "\x64", 0, 1, { 0x00 }, { { GPR_RAX, 0x1000 }, NO_REG }, DISP_NONE, 0 },
	{ "gs", "\x65", 0, 1, { 0x00 }, { { GPR_RAX, 0x2000 }, NO_REG }, DISP_NONE, 0 },
	{ "gs32", "\x65\x67", 0, 1, { 0x00 }, { { GPR_RAX, 0x2000 }, NO_REG }, DISP_NONE,
	  0xdeadbeef00000000 },
	{ "a32", "\x67", 0, 1, { 0x00 }, { { GPR_RAX, 0 }, NO_REG }, DISP_NONE, 0x1234567800000000 },
	{ "a32sib", "\x67", 0, 3, { 0x44, 0xcb, 0x40 },
	  { { GPR_RBX, 0x40 + 8ll * 0x10000010 }, { GPR_RCX, 0x10000010 } }, DISP_NONE, 0x100000000 },
	{ "es", "\x26", 0, 1, { 0x00 }, { { GPR_RAX, 0 }, NO_REG }, DISP_NONE, 0 },
	{ "ss", "\x36", 0, 1, { 0x00 }, { { GPR_RAX, 0 }, NO_REG }, DISP_NONE, 0 },
	{ "based", "", 0, 1, { 0x00 }, { { GPR_RAX, 0x1000 }, NO_REG }, DISP_NONE, 0 },
	{ "cs", "\x2e", 0, 1, { 0x00 }, { { GPR_RAX, 0 }, NO_REG }, DISP_NONE, 0 },
};

static const struct form *form_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(forms); i++)
		if (!strcmp(forms[i].name, name))
			return &forms[i];
	line_bad("no addressing form '%s'", name);
}

static bool is_32bit(const struct insn *insn)
{
	return insn->mode == LHV_MODE_COMPAT || insn->mode == LHV_MODE_USER32 ||
	       insn->mode == LHV_MODE_16;
}

/* Code address of the instruction, for RIP-relative operands. */
static u64 code_base(const struct insn *insn)
{
	return insn->mode == LHV_MODE_USER64 ? LHV_USER_WINDOW : LHV_BASE + LHV_CODE;
}

void encode_mem_insn(struct insn *insn, const char *opcode, size_t len, int reg)
{
	const struct form *form = form_by_name(insn->form);
	bool mandatory = (u8)opcode[0] == 0x66 || (u8)opcode[0] == 0xf2 || (u8)opcode[0] == 0xf3;
	u8 rex = form->rex | (reg >= 8 ? 4 : 0), bytes[6];

	encode_bytes(insn, form->prefix, strlen(form->prefix));
	if (insn->mode == LHV_MODE_16)
		encode_byte(insn, 0x67);
	if (mandatory) {
		encode_byte(insn, opcode[0]);
		opcode++;
		len--;
	}
	if (rex && !is_32bit(insn))
		encode_byte(insn, 0x40 | rex);
	encode_bytes(insn, opcode, len);
	memcpy(bytes, form->bytes, sizeof(bytes));
	bytes[0] |= (reg & 7) << 3;
	encode_bytes(insn, bytes, form->disp == DISP_NONE ? form->len : form->len - 4);
	if (form->disp == DISP_ABS)
		put_32(insn, insn->at);
	else if (form->disp == DISP_RIP)
		put_32(insn, insn->at - (code_base(insn) + insn->len + 4));
	else if (form->disp == DISP_RSP)
		put_32(insn, insn->at - (arena_header()->host_stack));
	if (form->regs[0].reg >= 0)
		encode_set_reg(insn, form->regs[0].reg,
			       form->garbage ?
				       (u32)(insn->at - form->regs[0].less) | form->garbage :
				       insn->at - form->regs[0].less);
	if (form->regs[1].reg >= 0)
		encode_set_reg(insn, form->regs[1].reg, form->regs[1].less | form->garbage);
}

void encode_reg_insn(struct insn *insn, const char *opcode, size_t len, int reg, int rm)
{
	u8 rex = (reg >= 8 ? 4 : 0) | (rm >= 8 ? 1 : 0);

	if (rex && !is_32bit(insn))
		encode_byte(insn, 0x40 | rex);
	encode_bytes(insn, opcode, len);
	encode_byte(insn, 0xc0 | (reg & 7) << 3 | (rm & 7));
}

void encode_operand(const struct insn *insn, const void *value, size_t len)
{
	const u8 *bytes = value;
	u64 offset = arena_window_offset(insn->at), word;
	size_t i;

	if (insn->keep)
		return;
	if (offset && (insn->at & 0xfff) + len <= 0x1000) {
		for (i = 0; i < len; i += 8) {
			memcpy(&word, bytes + i, 8);
			steps_poke(offset + i, word, 8);
		}
		return;
	}
	for (i = 0; i < len; i++) {
		offset = arena_window_offset(insn->at + i);
		if (offset)
			steps_poke(offset, bytes[i], 1);
	}
}

void encode_emit(const struct insn *insn)
{
	struct lhv_step *step;
	int i;

	for (i = 0; i < 16; i++) {
		if (!(insn->regs_set & 1u << i))
			continue;
		step = steps_add(LHV_REG);
		step->arg = i;
		step->x = insn->regs[i];
	}
	step = steps_add(LHV_EXEC);
	step->mode = insn->mode;
	step->len = insn->len;
	step->flags = insn->flags;
	step->arg = insn->rflags;
	memcpy(step->code, insn->code, insn->len);
	if (insn->flags & LHV_F_SEGMENTS)
		step->x = insn->ds | (u64)insn->ds << 16 | (u64)insn->ds << 32 |
			  (u64)insn->ss << 48;
}
