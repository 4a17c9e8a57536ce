// SPDX-License-Identifier: GPL-2.0-only
/*
 * VM-exit information in words. The formatter is its own, because nested/ has no C library to use.
 */
#include "decode/describe.h"

#include "arch/insninfo.h"
#include "arch/reasons.h"
#include "arch/vmx.h"
#include "arch/x86.h"

/* A text under construction. @pos counts on when @buf is full. */
struct text {
	char *buf;
	size_t len;
	size_t pos;
};

static void put_char(struct text *text, char c)
{
	if (text->pos + 1 < text->len)
		text->buf[text->pos] = c;
	text->pos++;
}

static void put(struct text *text, const char *string)
{
	while (*string)
		put_char(text, *string++);
}

static void put_hex(struct text *text, u64 value)
{
	unsigned int shift = 60;

	put(text, "0x");
	while (shift && !(value >> shift))
		shift -= 4;
	for (;; shift -= 4) {
		put_char(text, "0123456789abcdef"[(value >> shift) & 15]);
		if (!shift)
			break;
	}
}

static int finish(struct text *text)
{
	if (text->len)
		text->buf[text->pos < text->len ? text->pos : text->len - 1] = '\0';
	return (int)text->pos;
}

static const char *const segment_names[NR_SEGS] = { "ES", "CS", "SS", "DS", "FS", "GS" };
static const char *const size_names[] = { "16-bit", "32-bit", "64-bit" };
static const char *const scale_names[] = { "1", "2", "4", "8" };
static const char *const gpr_names[8] = { "AX", "CX", "DX", "BX", "SP", "BP", "SI", "DI" };
static const char *const dtr_names[] = { "SGDT", "SIDT", "LGDT", "LIDT" };
static const char *const ldt_names[] = { "SLDT", "STR", "LLDT", "LTR" };

static void put_gpr(struct text *text, unsigned int gpr, unsigned int size)
{
	static const char *const high_suffix[] = { "W", "D", "" };
	static const char *const low_prefix[] = { "", "E", "R" };

	size = size > INSN_SIZE_64 ? INSN_SIZE_64 : size;
	if (gpr < 8) {
		put(text, low_prefix[size]);
		put(text, gpr_names[gpr]);
		return;
	}
	put_char(text, 'R');
	if (gpr >= 10)
		put_char(text, '1');
	put_char(text, (char)('0' + gpr % 10));
	put(text, high_suffix[size]);
}

static void put_choice(struct text *text, const char *const *names, unsigned int nr,
		       unsigned int value)
{
	if (value < nr) {
		put(text, names[value]);
		return;
	}
	put(text, "undefined (");
	put_char(text, (char)('0' + value));
	put_char(text, ')');
}

static void line_choice(struct text *text, const char *name, const char *const *names,
			unsigned int nr, unsigned int value)
{
	put(text, name);
	put(text, " = ");
	put_choice(text, names, nr, value);
	put_char(text, '\n');
}

static void line_gpr(struct text *text, const char *name, bool valid, unsigned int gpr)
{
	put(text, name);
	put(text, " = ");
	if (valid)
		put_gpr(text, gpr, INSN_SIZE_64);
	else
		put(text, "none");
	put_char(text, '\n');
}

static void lines_size_segment(struct text *text, const struct insn_operand_info *info)
{
	line_choice(text, "address size", size_names, ARRAY_SIZE(size_names), info->addr_size);
	line_choice(text, "segment", segment_names, NR_SEGS, info->segment);
}

static void lines_memory(struct text *text, const struct insn_operand_info *info)
{
	if (info->format & INSN_HAS_REG_FORM)
		put(text, "operand = memory\n");
	line_choice(text, "scaling", scale_names, ARRAY_SIZE(scale_names), info->scaling);
	lines_size_segment(text, info);
	line_gpr(text, "index", info->index_valid, info->index);
	line_gpr(text, "base", info->base_valid, info->base);
}

static void lines_extra(struct text *text, const struct insn_operand_info *info, u32 exit_reason)
{
	const bool dtr = (exit_reason & VMX_EXIT_REASON_BASIC_MASK) == EXIT_REASON_GDTR_IDTR;

	if (info->format & INSN_HAS_OPERAND_SIZE)
		line_choice(text, "operand size", size_names, ARRAY_SIZE(size_names),
			    info->operand_size);
	if (info->format & INSN_HAS_IDENTITY)
		line_choice(text, "instruction", dtr ? dtr_names : ldt_names, 4, info->identity);
	if (info->format & INSN_HAS_REG2)
		line_gpr(text, "register 2", true, info->reg2);
}

int describe_insninfo(u32 info, u32 exit_reason, char *buf, size_t len)
{
	struct text text = { .buf = buf, .len = len };
	struct insn_operand_info decoded;

	insninfo_decode(info, exit_reason, &decoded);
	if (!decoded.format)
		return -1;

	if (decoded.reg_operand)
		put(&text, "operand = register\n");
	if (decoded.reg_operand || (decoded.format & INSN_HAS_REG1))
		line_gpr(&text, "register 1", true, decoded.reg1);
	else if (decoded.format & INSN_HAS_ADDRESS)
		lines_memory(&text, &decoded);
	if (decoded.format & INSN_HAS_STRING)
		lines_size_segment(&text, &decoded);
	lines_extra(&text, &decoded, exit_reason);
	return finish(&text);
}

static void put_displacement(struct text *text, u64 displacement, bool alone)
{
	const bool negative = !alone && (s64)displacement < 0;

	if (!displacement && !alone)
		return;
	if (!alone)
		put_char(text, negative ? '-' : '+');
	put_hex(text, negative ? -displacement : displacement);
}

static void put_memory(struct text *text, const struct insn_operand_info *info, u64 displacement)
{
	const bool alone = !info->base_valid && !info->index_valid;

	put_choice(text, segment_names, NR_SEGS, info->segment);
	put(text, ":[");
	if (info->base_valid)
		put_gpr(text, info->base, info->addr_size);
	if (info->index_valid) {
		if (info->base_valid)
			put_char(text, '+');
		put_gpr(text, info->index, info->addr_size);
		put_char(text, '*');
		put(text, scale_names[info->scaling]);
	}
	put_displacement(text, displacement, alone);
	put_char(text, ']');
}

int describe_operand(u32 info, u32 exit_reason, u64 qualification, char *buf, size_t len)
{
	struct text text = { .buf = buf, .len = len };
	struct insn_operand_info decoded;

	insninfo_decode(info, exit_reason, &decoded);
	if (decoded.reg_operand || (decoded.format & INSN_HAS_REG1))
		put_gpr(&text, decoded.reg1, INSN_SIZE_64);
	else if (decoded.format & INSN_HAS_ADDRESS)
		put_memory(&text, &decoded, qualification);
	else
		return -1;
	return finish(&text);
}
