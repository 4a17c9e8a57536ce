// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compile a program's lines to steps. The language:
 *
 *	enable				CR4.VMXE, and VMXON with vmxon0
 *	vmxon|vmclear|vmptrld VALUE	memory operand holds VALUE		vmptrst
 *	vmread FIELD [mem]		register form, or to memory
 *	vmwrite FIELD VALUE [mem]
 *	invept|invvpid TYPE LOW HIGH	vmlaunch  vmresume  vmcall  vmxoff	vmfunc EAX ECX
 *	exec BYTES..			any code
 *	cr0|cr3|cr4|cr8 VALUE		wrmsr MSR VALUE		rdmsr MSR	xsetbv VALUE
 *	    all of these are logged, and take
 *		form=NAME		the addressing form of the memory operand (forms[] below)
 *		at=LINEAR		where the operand is; what is there is written first unless "keep"
 *		regs=F,V		registers of the register forms: field (type), value
 *		mode=user64|compat|user32|16	rflags=BITS	seg=SELECTOR (DS, ES, FS in 32-bit modes)
 *		ss=SELECTOR		REGISTER=VALUE
 *	state MODE [OPTION..]		write a valid VMCS (state.c)
 *	set|or|clear|xor FIELD VALUE	VMWRITE, in terms of what was written last; logged if it fails
 *	read FIELD			VMREAD by the engine
 *	code SNIPPET..			the guest's code, followed by VMCALLs; "at ADDRESS" first, if elsewhere
 *	codebytes HEX..			the same in bytes
 *	guest REGISTER VALUE		for the next entry
 *	poke ADDRESS VALUE [SIZE]	peek ADDRESS
 *	ept|pte|l1pte ADDRESS set|or|clear VALUE	the leaf that maps an address: ept, one of the guest
 *					as its page tables have it, or a guest-physical one of the arena
 *	msr LIST INDEX MSR VALUE	an entry of storelist, loadlist, entrylist
 *	bit ADDRESS NUMBER		set a bit of a bitmap
 *	icr VALUE			send an interrupt to this CPU	window	let interrupts in
 *	cpuid LEAF SUBLEAF		skip	GUEST_RIP behind the instruction that exited
 *
 * Values are sums, differences, ORs and complements of numbers, names of places (arena.c) and of bits
 * (nested/arch/arch.h).
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "caps.h"
#include "compile.h"
#include "names.h"
#include "places.h"
#include "snippets.h"
#include "state.h"
#include "text.h"
#include "arch/arch.h"

#define MAX_WORDS	48

static struct lhv_step *steps;
static size_t nr_steps;
static const struct program *program;
static size_t line_nr;
static u64 written[0x8000];		/* what was written last, by field encoding */
static u16 noted[LHV_MAX_STEPS];	/* where there is something in it */
static size_t nr_noted;
static int code_mode;
static bool paging;			/* the guest's */
static u64 leaf_values[4096][2];	/* page-table entries as far as this program changed them */
static size_t nr_leaves;

static void __attribute__((noreturn, format(printf, 1, 2))) bad(const char *format, ...)
{
	va_list args;
	char what[256];

	__builtin_va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	__builtin_va_end(args);
	text_die("%s (%s): %s: %s", program->name, program->source, program->lines[line_nr], what);
}

static struct lhv_step *new_step(u8 op)
{
	if (nr_steps >= LHV_MAX_STEPS - 1)
		bad("the program is too long");
	steps[nr_steps] = (struct lhv_step){ .op = op };
	return &steps[nr_steps++];
}

/* Expressions */

static u64 term(const char **at)
{
	char name[64];
	size_t len = 0;
	u64 value;
	char *end;

	if (**at == '~') {
		++*at;
		return ~term(at);
	}
	if (isdigit((unsigned char)**at)) {
		value = strtoull(*at, &end, 0);
		*at = end;
		return value;
	}
	while ((isalnum((unsigned char)**at) || **at == '_' || **at == '.') && len < sizeof(name) - 1)
		name[len++] = *(*at)++;
	name[len] = '\0';
	if (places_find(name, &value) || names_constant(name, &value))
		return value;
	if (names_field(name))
		return names_field(name)->encoding;
	bad("'%s' is no number, place, bit or field", name);
}

static u64 evaluate(const char *expression)
{
	const char *at = expression;
	u64 value = term(&at);

	while (*at) {
		char op = *at++;
		u64 next = term(&at);

		if (op == '+')
			value += next;
		else if (op == '-')
			value -= next;
		else if (op == '|')
			value |= next;
		else if (op == '&')
			value &= next;
		else if (op == '^')
			value ^= next;
		else if (op == '*')
			value *= next;
		else
			bad("operator '%c'", op);
	}
	return value;
}

static u32 field_encoding(const char *name)
{
	const struct vmcs_field *field = names_field(name);
	size_t len = strlen(name);
	char base[64];

	if (field)
		return field->encoding;
	/* The high half of a 64-bit field */
	if (len > 5 && len < sizeof(base) && !strcmp(name + len - 5, ".high")) {
		snprintf(base, sizeof(base), "%.*s", (int)len - 5, name);
		if (names_field(base))
			return names_field(base)->encoding + 1;
	}
	return evaluate(name);
}

/* One instruction of L1 */

struct insn {
	u8 code[LHV_CODE_MAX];
	u8 len;
	u8 mode, flags;
	u32 rflags;
	u64 regs[16];
	u32 regs_set;
	const char *form;
	u64 at;
	bool keep;			/* leave the operand in memory as it is */
	bool mem;
	int reg_field, reg_value;
	u16 ds, ss;
};

static void put(struct insn *insn, const void *bytes, size_t len)
{
	if (insn->len + len > LHV_CODE_MAX)
		bad("the code is too long");
	memcpy(insn->code + insn->len, bytes, len);
	insn->len += len;
}

static void put_byte(struct insn *insn, u8 byte)
{
	put(insn, &byte, 1);
}

static void put_32(struct insn *insn, u32 value)
{
	put(insn, &value, 4);
}

static void set_reg(struct insn *insn, int reg, u64 value)
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
	bad("no addressing form '%s'", name);
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

/* "opcode" may begin with a mandatory prefix (66, F2, F3); "reg" is the register of the ModRM byte. */
static void put_mem_insn(struct insn *insn, const char *opcode, size_t len, int reg)
{
	const struct form *form = form_by_name(insn->form);
	bool mandatory = (u8)opcode[0] == 0x66 || (u8)opcode[0] == 0xf2 || (u8)opcode[0] == 0xf3;
	u8 rex = form->rex | (reg >= 8 ? 4 : 0), bytes[6];

	put(insn, form->prefix, strlen(form->prefix));
	if (insn->mode == LHV_MODE_16)
		put_byte(insn, 0x67);
	if (mandatory) {
		put_byte(insn, opcode[0]);
		opcode++;
		len--;
	}
	if (rex && !is_32bit(insn))
		put_byte(insn, 0x40 | rex);
	put(insn, opcode, len);
	memcpy(bytes, form->bytes, sizeof(bytes));
	bytes[0] |= (reg & 7) << 3;
	put(insn, bytes, form->disp == DISP_NONE ? form->len : form->len - 4);
	if (form->disp == DISP_ABS)
		put_32(insn, insn->at);
	else if (form->disp == DISP_RIP)
		put_32(insn, insn->at - (code_base(insn) + insn->len + 4));
	else if (form->disp == DISP_RSP)
		put_32(insn, insn->at - (arena_header()->host_stack));
	if (form->regs[0].reg >= 0)
		set_reg(insn, form->regs[0].reg,
			form->garbage ? (u32)(insn->at - form->regs[0].less) | form->garbage
				      : insn->at - form->regs[0].less);
	if (form->regs[1].reg >= 0)
		set_reg(insn, form->regs[1].reg, form->regs[1].less | form->garbage);
}

static void put_reg_insn(struct insn *insn, const char *opcode, size_t len, int reg, int rm)
{
	u8 rex = (reg >= 8 ? 4 : 0) | (rm >= 8 ? 1 : 0);

	if (rex && !is_32bit(insn))
		put_byte(insn, 0x40 | rex);
	put(insn, opcode, len);
	put_byte(insn, 0xc0 | (reg & 7) << 3 | (rm & 7));
}

static void poke(u64 offset, u64 value, u32 size)
{
	struct lhv_step *step = new_step(LHV_POKE);

	step->x = offset;
	step->y = value;
	step->arg = size;
}

/* Write an operand of "len" bytes, as far as there is memory for it. */
static void write_operand(const struct insn *insn, const void *value, size_t len)
{
	const u8 *bytes = value;
	u64 offset = arena_window_offset(insn->at), word;
	size_t i;

	if (insn->keep)
		return;
	if (offset && (insn->at & 0xfff) + len <= 0x1000) {
		for (i = 0; i < len; i += 8) {
			memcpy(&word, bytes + i, 8);
			poke(offset + i, word, 8);
		}
		return;
	}
	for (i = 0; i < len; i++) {
		offset = arena_window_offset(insn->at + i);
		if (offset)
			poke(offset, bytes[i], 1);
	}
}

static void emit(const struct insn *insn)
{
	struct lhv_step *step;
	int i;

	for (i = 0; i < 16; i++) {
		if (!(insn->regs_set & 1u << i))
			continue;
		step = new_step(LHV_REG);
		step->arg = i;
		step->x = insn->regs[i];
	}
	step = new_step(LHV_EXEC);
	step->mode = insn->mode;
	step->len = insn->len;
	step->flags = insn->flags;
	step->arg = insn->rflags;
	memcpy(step->code, insn->code, insn->len);
	if (insn->flags & LHV_F_SEGMENTS)
		step->x = insn->ds | (u64)insn->ds << 16 | (u64)insn->ds << 32 | (u64)insn->ss << 48;
}

static void number_pair(const char *text, int *first, int *second)
{
	char name[16];
	const char *comma = strchr(text, ',');

	if (!comma)
		bad("regs=FIELD,VALUE");
	snprintf(name, sizeof(name), "%.*s", (int)(comma - text), text);
	*first = names_gpr(name);
	*second = names_gpr(comma + 1);
	if (*first < 0 || *second < 0)
		bad("no such registers: %s", text);
}

static u8 mode_by_name(const char *name)
{
	static const char *const modes[] = { "64", "compat", "user64", "user32", "16" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(modes); i++)
		if (!strcmp(modes[i], name))
			return i;
	bad("no mode '%s'", name);
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
		insn->at = evaluate(value);
	else if (!strcmp(name, "mode"))
		insn->mode = mode_by_name(value);
	else if (!strcmp(name, "rflags"))
		insn->rflags = evaluate(value);
	else if (!strcmp(name, "regs"))
		number_pair(value, &insn->reg_field, &insn->reg_value);
	else if (!strcmp(name, "seg"))
		want_segments(insn), insn->ds = evaluate(value);
	else if (!strcmp(name, "ss"))
		want_segments(insn), insn->ss = evaluate(value);
	else if (reg >= 0)
		set_reg(insn, reg, evaluate(value));
	else
		return false;
	return true;
}

/* Take NAME=VALUE words and flags out of "words"; the others stay, closed up. */
static struct insn take_options(char **words)
{
	struct insn insn = { .form = "rax", .at = 0x50000000, .reg_field = GPR_RDX,
			     .reg_value = GPR_RCX };
	char **to = words, **word;
	char *equals;

	for (word = words; *word; word++) {
		equals = strchr(*word, '=');
		if (equals) {
			*equals = '\0';
			if (!option(&insn, *word, equals + 1))
				bad("no option '%s'", *word);
		} else if (!strcmp(*word, "keep")) {
			insn.keep = true;
		} else if (!strcmp(*word, "mem")) {
			insn.mem = true;
		} else if (!strcmp(*word, "movss")) {
			/* MOV SS right before: "mov %eax, %ss" with our own selector in RDI's place. */
			put(&insn, "\x8e\xd7", 2);
			set_reg(&insn, GPR_RDI, LHV_SEL_DS);
		} else if (!strcmp(*word, "sti")) {
			put_byte(&insn, 0xfb);
		} else {
			*to++ = *word;
		}
	}
	*to = NULL;
	return insn;
}

static size_t count(char **words)
{
	size_t nr = 0;

	while (words[nr])
		nr++;
	return nr;
}

static void need(char **words, size_t nr)
{
	if (count(words) < nr)
		bad("it takes %zu words more", nr - count(words));
}

/* The instructions */

static void do_pointer_insn(char **words, const char *opcode, size_t len, int digit)
{
	struct insn insn = take_options(words);
	u64 value;

	need(words, 1);
	value = evaluate(words[0]);
	write_operand(&insn, &value, 8);
	put_mem_insn(&insn, opcode, len, digit);
	emit(&insn);
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
	struct insn insn = take_options(words);

	put_mem_insn(&insn, "\x0f\xc7", 2, 7);
	emit(&insn);
}

static void do_vmread(char **words)
{
	struct insn insn = take_options(words);

	need(words, 1);
	set_reg(&insn, insn.reg_field, field_encoding(words[0]));
	if (insn.mem)
		put_mem_insn(&insn, "\x0f\x78", 2, insn.reg_field);
	else
		put_reg_insn(&insn, "\x0f\x78", 2, insn.reg_field, insn.reg_value);
	emit(&insn);
}

static void forget_written(void)
{
	while (nr_noted)
		written[noted[--nr_noted]] = 0;
}

static void note_written(u32 encoding, u64 value)
{
	if (encoding >= ARRAY_SIZE(written))
		return;
	if (!written[encoding] && nr_noted < ARRAY_SIZE(noted))
		noted[nr_noted++] = encoding;
	written[encoding] = value;
}

static void do_vmwrite(char **words)
{
	struct insn insn = take_options(words);
	u64 value;

	need(words, 2);
	value = evaluate(words[1]);
	note_written(field_encoding(words[0]), value);
	set_reg(&insn, insn.reg_field, field_encoding(words[0]));
	if (insn.mem) {
		write_operand(&insn, &value, 8);
		put_mem_insn(&insn, "\x0f\x79", 2, insn.reg_field);
	} else {
		set_reg(&insn, insn.reg_value, value);
		put_reg_insn(&insn, "\x0f\x79", 2, insn.reg_field, insn.reg_value);
	}
	emit(&insn);
}

static void do_invalidate(char **words, const char *opcode)
{
	struct insn insn = take_options(words);
	u64 operand[2];

	need(words, 3);
	operand[0] = evaluate(words[1]);
	operand[1] = evaluate(words[2]);
	write_operand(&insn, operand, 16);
	put_mem_insn(&insn, opcode, 4, insn.reg_field);
	set_reg(&insn, insn.reg_field, evaluate(words[0]));
	emit(&insn);
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
	struct insn insn = take_options(words);

	insn.flags |= flags;
	put(&insn, code, len);
	emit(&insn);
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
	struct insn insn = take_options(words);

	need(words, 2);
	set_reg(&insn, GPR_RAX, evaluate(words[0]));
	set_reg(&insn, GPR_RCX, evaluate(words[1]));
	put(&insn, "\x0f\x01\xd4", 3);
	emit(&insn);
}

static void do_exec(char **words)
{
	struct insn insn = take_options(words);

	for (; *words; words++)
		put_byte(&insn, strtoul(*words, NULL, 16));
	emit(&insn);
}

static void do_mov_cr(char **words, u8 modrm)
{
	struct insn insn = take_options(words);

	need(words, 1);
	set_reg(&insn, GPR_RAX, evaluate(words[0]));
	put(&insn, (u8[]){ 0x0f, 0x22, modrm }, 3);
	emit(&insn);
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

static void do_wrmsr(char **words)
{
	struct insn insn = take_options(words);
	u64 value;

	need(words, 2);
	value = evaluate(words[1]);
	set_reg(&insn, GPR_RCX, evaluate(words[0]));
	set_reg(&insn, GPR_RAX, (u32)value);
	set_reg(&insn, GPR_RDX, value >> 32);
	put(&insn, "\x0f\x30", 2);
	emit(&insn);
}

static void do_rdmsr(char **words)
{
	struct insn insn = take_options(words);

	need(words, 1);
	set_reg(&insn, GPR_RCX, evaluate(words[0]));
	put(&insn, "\x0f\x32", 2);
	emit(&insn);
}

static void do_enable(char **words)
{
	char vmxe[32], *cr4[] = { vmxe, NULL }, vmxon[] = "vmxon0", *region[] = { vmxon, NULL };

	(void)words;
	snprintf(vmxe, sizeof(vmxe), "%#llx", (unsigned long long)(caps.cr4 | X86_CR4_VMXE));
	do_cr4(cr4);
	do_vmxon(region);
	steps[nr_steps - 1].flags |= LHV_F_QUIET;
}

/* VMCS contents */

static void vmwrite(u32 encoding, u64 value)
{
	struct lhv_step *step = new_step(LHV_VMWRITE);

	step->x = encoding;
	step->y = value;
	note_written(encoding, value);
}

/*
 * The fields of a state are the same each time, and half of what programs consist of: their names are
 * looked up once for each mode and choice of options.
 */
struct known_state {
	char *words;
	size_t nr;
	struct { u32 encoding; u64 value; } fields[192];
};

static struct known_state *state_to_fill;

static void keep_field(const char *name, u64 value)
{
	u32 encoding = names_field(name)->encoding;

	/* Those that this processor has not are left out. */
	if (!caps_has_field(encoding))
		return;
	if (state_to_fill->nr == ARRAY_SIZE(state_to_fill->fields))
		bad("a state of too many fields");
	state_to_fill->fields[state_to_fill->nr].encoding = encoding;
	state_to_fill->fields[state_to_fill->nr++].value = value;
}

static const struct known_state *state_of(char **words)
{
	static struct known_state *states[64];
	char joined[128] = "";
	size_t i;

	for (i = 0; words[i]; i++) {
		if (strlen(joined) + strlen(words[i]) + 2 > sizeof(joined))
			bad("too many words");
		strcat(strcat(joined, " "), words[i]);
	}
	/* More of them than have room are made anew each time, in the last place. */
	for (i = 0; i < ARRAY_SIZE(states) - 1 && states[i]; i++)
		if (!strcmp(states[i]->words, joined))
			return states[i];
	if (!states[i])
		states[i] = calloc(1, sizeof(*states[i]));
	if (!states[i])
		text_die("no memory");
	free(states[i]->words);
	states[i]->words = strdup(joined);
	states[i]->nr = 0;
	state_to_fill = states[i];
	state_write(words[0], words + 1, keep_field);
	return states[i];
}

static void do_state(char **words)
{
	const struct known_state *state;
	size_t i;

	need(words, 1);
	code_mode = state_code_mode(words[0]);
	paging = state_paging(words[0]);
	state = state_of(words);
	for (i = 0; i < state->nr; i++)
		vmwrite(state->fields[i].encoding, state->fields[i].value);
}

static void change_field(char **words, char op)
{
	u32 encoding;
	u64 value;

	need(words, 2);
	encoding = field_encoding(words[0]);
	value = evaluate(words[1]);
	if (encoding >= ARRAY_SIZE(written))
		bad("no field");
	if (op == '|')
		value |= written[encoding];
	else if (op == '&')
		value = written[encoding] & ~value;
	else if (op == '^')
		value ^= written[encoding];
	vmwrite(encoding, value);
}

static void do_set(char **words)
{
	change_field(words, '=');
}

static void do_or(char **words)
{
	change_field(words, '|');
}

static void do_clear(char **words)
{
	change_field(words, '&');
}

static void do_xor(char **words)
{
	change_field(words, '^');
}

static void do_read(char **words)
{
	need(words, 1);
	new_step(LHV_VMREAD)->x = field_encoding(words[0]);
}

/* The guest */

static const struct snippet *snippet_by_name(const char *name)
{
	const struct snippet *snippet;

	for (snippet = snippets; snippet < snippets_end; snippet++)
		if ((int)snippet->mode == code_mode && !strcmp(snippet->name, name))
			return snippet;
	bad("no snippet '%s' for %d-bit code", name, code_mode);
}

static void poke_bytes(u64 offset, const u8 *bytes, size_t len)
{
	u64 word;
	size_t i;

	for (i = 0; i < len; i += 8) {
		word = 0;
		memcpy(&word, bytes + i, len - i < 8 ? len - i : 8);
		poke(offset + i, word, len - i < 8 ? len - i : 8);
	}
}

static u64 code_target(char ***words)
{
	u64 address;

	if (!**words || strcmp(**words, "at"))
		return LHV_GUEST + 0x10000;
	need(*words, 2);
	address = evaluate((*words)[1]);
	*words += 2;
	return arena_offset(address);
}

static void place_guest_code(u64 offset, u8 *code, size_t len)
{
	/* VMCALL, and again when it is resumed. */
	memcpy(code + len, "\x0f\x01\xc1\xeb\xfb", 5);
	poke_bytes(offset, code, len + 5);
}

static void do_code(char **words)
{
	u64 offset = code_target(&words);
	u8 code[4096];
	size_t len = 0;

	if (!code_mode)
		code_mode = 64;
	for (; *words; words++) {
		const struct snippet *snippet = snippet_by_name(*words);

		if (len + snippet->len > sizeof(code) - 8)
			bad("too much code");
		memcpy(code + len, snippet->code, snippet->len);
		len += snippet->len;
	}
	place_guest_code(offset, code, len);
}

static void do_codebytes(char **words)
{
	u64 offset = code_target(&words);
	u8 code[MAX_WORDS + 8];
	size_t len = 0;

	for (; *words; words++)
		code[len++] = strtoul(*words, NULL, 16);
	place_guest_code(offset, code, len);
}

static void do_guest(char **words)
{
	struct lhv_step *step;

	need(words, 2);
	if (names_gpr(words[0]) < 0)
		bad("no register '%s'", words[0]);
	step = new_step(LHV_REG);
	step->arg = 16 + names_gpr(words[0]);
	step->x = evaluate(words[1]);
}

/* Memory */

static u64 operand_offset(const char *word)
{
	u64 address = evaluate(word), offset = arena_window_offset(address);

	return offset ? offset : arena_offset(address);
}

static void do_poke(char **words)
{
	u32 size;

	need(words, 2);
	size = words[2] ? evaluate(words[2]) : 8;
	if (size > 8)
		bad("at most 8 bytes");
	poke(operand_offset(words[0]), evaluate(words[1]), size);
}

static void do_peek(char **words)
{
	need(words, 1);
	new_step(LHV_PEEK)->x = operand_offset(words[0]);
}

static u64 *leaf(u64 offset)
{
	size_t i;

	for (i = 0; i < nr_leaves; i++)
		if (leaf_values[i][0] == offset)
			return &leaf_values[i][1];
	if (nr_leaves == ARRAY_SIZE(leaf_values))
		bad("too many entries changed");
	leaf_values[nr_leaves][0] = offset;
	leaf_values[nr_leaves][1] = *(u64 *)(arena_image + offset);
	return &leaf_values[nr_leaves++][1];
}

static void change_leaf(u64 offset, const char *op, u64 value)
{
	u64 *entry = leaf(offset);

	if (!strcmp(op, "set"))
		*entry = value;
	else if (!strcmp(op, "or"))
		*entry |= value;
	else if (!strcmp(op, "clear"))
		*entry &= ~value;
	else
		bad("set, or, clear: not '%s'", op);
	poke(offset, *entry, 8);
}

/* The EPT entry behind a guest-physical address: a page, or what maps 2 MiB. */
static u64 ept_entry(u64 gpa)
{
	if (gpa < LHV_GUEST_SIZE)
		return LHV_EPT + 0x3000 + (gpa >> 12) * 8;
	if (gpa >= LHV_BIG && gpa < LHV_BIG + LHV_BIG_SIZE)
		return LHV_EPT + 0x2000 + 8;
	if (!arena_has(gpa))
		return LHV_EPT + 0x1000 + (gpa >> 30 & 511) * 8;
	if (gpa - arena_pa >= LHV_BIG)
		return (arena_pa >> 30 ? LHV_EPT + 0x4000 : LHV_EPT + 0x2000) + (gpa >> 21 & 511) * 8;
	return LHV_EPT + 0x5000 + ((gpa - arena_pa) >> 12) * 8;
}

/* Where the guest's page tables put its first pages and its big page: into the arena. */
static u64 guest_physical(u64 address)
{
	if (paging && address < LHV_GUEST_SIZE)
		return arena_pa + LHV_GUEST + address;
	if (paging && address >= LHV_BIG && address < LHV_BIG + LHV_BIG_SIZE)
		return arena_pa + address;
	return address;
}

static void do_ept(char **words)
{
	need(words, 3);
	change_leaf(ept_entry(guest_physical(evaluate(words[0]))), words[1], evaluate(words[2]));
}

static void do_pte(char **words)
{
	need(words, 3);
	change_leaf(LHV_GUEST + 0x8000 + (evaluate(words[0]) >> 12) * 8, words[1], evaluate(words[2]));
}

static void do_l1pte(char **words)
{
	need(words, 3);
	change_leaf(LHV_WINDOW_PT + (evaluate(words[0]) >> 12 & 511) * 8, words[1], evaluate(words[2]));
}

static void do_msr(char **words)
{
	u64 offset;

	need(words, 4);
	offset = arena_offset(evaluate(words[0])) + evaluate(words[1]) * 16;
	poke(offset, evaluate(words[2]), 8);
	poke(offset + 8, evaluate(words[3]), 8);
}

static void do_bit(char **words)
{
	u64 offset, number;
	u64 *word;

	need(words, 2);
	offset = arena_offset(evaluate(words[0]));
	number = evaluate(words[1]);
	word = leaf(offset + number / 64 * 8);
	*word |= 1ull << (number % 64);
	poke(offset + number / 64 * 8, *word, 8);
}

static void do_icr(char **words)
{
	need(words, 1);
	new_step(LHV_ICR)->y = evaluate(words[0]);
}

static void do_window(char **words)
{
	(void)words;
	new_step(LHV_WINDOW);
}

static void do_skip(char **words)
{
	(void)words;
	new_step(LHV_SKIP);
}

static void do_cpuid(char **words)
{
	struct lhv_step *step;

	need(words, 2);
	step = new_step(LHV_CPUID);
	step->x = evaluate(words[0]);
	step->y = evaluate(words[1]);
}

static const struct command {
	const char *name;
	void (*compile)(char **words);
} commands[] = {
	{ "enable", do_enable },	{ "vmxon", do_vmxon },		{ "vmclear", do_vmclear },
	{ "vmptrld", do_vmptrld },	{ "vmptrst", do_vmptrst },	{ "vmread", do_vmread },
	{ "vmwrite", do_vmwrite },	{ "invept", do_invept },	{ "invvpid", do_invvpid },
	{ "vmlaunch", do_vmlaunch },	{ "vmresume", do_vmresume },	{ "vmcall", do_vmcall },
	{ "vmxoff", do_vmxoff },	{ "vmfunc", do_vmfunc },	{ "exec", do_exec },
	{ "cr0", do_cr0 },		{ "cr3", do_cr3 },		{ "cr4", do_cr4 },
	{ "wrmsr", do_wrmsr },		{ "rdmsr", do_rdmsr },		{ "state", do_state },
	{ "set", do_set },		{ "or", do_or },		{ "clear", do_clear },
	{ "xor", do_xor },		{ "read", do_read },		{ "code", do_code },
	{ "codebytes", do_codebytes },	{ "guest", do_guest },		{ "poke", do_poke },
	{ "peek", do_peek },		{ "ept", do_ept },		{ "pte", do_pte },
	{ "l1pte", do_l1pte },		{ "msr", do_msr },		{ "bit", do_bit },
	{ "icr", do_icr },		{ "window", do_window },	{ "cpuid", do_cpuid },
	{ "skip", do_skip },
};

static void compile_line(const char *line)
{
	static struct names table;
	char *copy = strdup(line), *save, *word, *words[MAX_WORDS + 1];
	const struct command *command;
	size_t nr = 0, i;

	if (!table.slots) {
		names_make(&table, ARRAY_SIZE(commands));
		for (i = 0; i < ARRAY_SIZE(commands); i++)
			names_add(&table, commands[i].name, &commands[i]);
	}
	for (word = strtok_r(copy, " \t", &save); word; word = strtok_r(NULL, " \t", &save)) {
		if (nr == MAX_WORDS)
			bad("too many words");
		words[nr++] = word;
	}
	words[nr] = NULL;
	command = names_find(&table, words[0]);
	if (!command)
		bad("no command '%s'", words[0]);
	command->compile(words + 1);
	free(copy);
}

size_t compile_program(const struct program *source, struct lhv_step *to)
{
	program = source;
	steps = to;
	nr_steps = 0;
	nr_leaves = 0;
	code_mode = 0;
	paging = false;
	forget_written();
	for (line_nr = 0; line_nr < program->nr_lines; line_nr++)
		compile_line(program->lines[line_nr]);
	line_nr = 0;
	new_step(LHV_END);
	return nr_steps;
}
