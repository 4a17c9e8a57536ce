// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options of instructions: form=NAME, at=LINEAR and so on (compile.c).
 */
#include <stdio.h>
#include <string.h>

#include "expr.h"
#include "line.h"
#include "names.h"
#include "options.h"
#include "arch/x86.h"

static void number_pair(const char *text, int *first, int *second)
{
	char name[16];
	const char *comma = strchr(text, ',');

	if (!comma)
		line_bad("regs=FIELD,VALUE");
	snprintf(name, sizeof(name), "%.*s", (int)(comma - text), text);
	*first = names_gpr(name);
	*second = names_gpr(comma + 1);
	if (*first < 0 || *second < 0)
		line_bad("no such registers: %s", text);
}

static u8 mode_by_name(const char *name)
{
	static const char *const modes[] = { "64", "compat", "user64", "user32", "16" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(modes); i++)
		if (!strcmp(modes[i], name))
			return i;
	line_bad("no mode '%s'", name);
}

static void want_segments(struct insn *insn)
{
	if (insn->flags & LHV_F_SEGMENTS)
		return;
	insn->flags |= LHV_F_SEGMENTS;
	insn->ds = insn->mode == LHV_MODE_USER32 ? LHV_SEL_USER_DS : LHV_SEL_DS;
	insn->ss = insn->ds;
}

static bool option(struct insn *insn, const char *name, const char *value)
{
	int reg = names_gpr(name);

	if (!strcmp(name, "form"))
		insn->form = value;
	else if (!strcmp(name, "at"))
		insn->at = expr_value(value);
	else if (!strcmp(name, "mode"))
		insn->mode = mode_by_name(value);
	else if (!strcmp(name, "rflags"))
		insn->rflags = expr_value(value);
	else if (!strcmp(name, "regs"))
		number_pair(value, &insn->reg_field, &insn->reg_value);
	else if (!strcmp(name, "seg"))
		want_segments(insn), insn->ds = expr_value(value);
	else if (!strcmp(name, "ss"))
		want_segments(insn), insn->ss = expr_value(value);
	else if (reg >= 0)
		encode_set_reg(insn, reg, expr_value(value));
	else
		return false;
	return true;
}

struct insn options_take(char **words)
{
	struct insn insn = { .form = "rax", .at = LHV_OPERAND_WINDOW, .reg_field = GPR_RDX,
			     .reg_value = GPR_RCX };
	char **to = words, **word;
	char *equals;

	for (word = words; *word; word++) {
		equals = strchr(*word, '=');
		if (equals) {
			*equals = '\0';
			if (!option(&insn, *word, equals + 1))
				line_bad("no option '%s'", *word);
		} else if (!strcmp(*word, "keep")) {
			insn.keep = true;
		} else if (!strcmp(*word, "mem")) {
			insn.mem = true;
		} else if (!strcmp(*word, "movss")) {
			/* MOV SS right before: "mov %eax, %ss" with our own selector in RDI's place. */
			encode_bytes(&insn, "\x8e\xd7", 2);
			encode_set_reg(&insn, GPR_RDI, LHV_SEL_DS);
		} else if (!strcmp(*word, "sti")) {
			encode_byte(&insn, 0xfb);
		} else {
			*to++ = *word;
		}
	}
	*to = NULL;
	return insn;
}
