// SPDX-License-Identifier: GPL-2.0-only
/*
 * Statements about memory: words, leaves of page tables, lists and bitmaps.
 */
#include <string.h>

#include "arena.h"
#include "contents.h"
#include "expr.h"
#include "memory.h"
#include "steps.h"

static u64 leaf_values[4096][2];	/* page-table entries as far as this program changed them */
static size_t nr_leaves;

static u64 operand_offset(const char *word)
{
	u64 address = expr_value(word), offset = arena_window_offset(address);

	return offset ? offset : arena_offset(address);
}

static void do_poke(char **words)
{
	u32 size;

	line_need(words, 2);
	size = words[2] ? expr_value(words[2]) : 8;
	if (size > 8)
		line_bad("at most 8 bytes");
	steps_poke(operand_offset(words[0]), expr_value(words[1]), size);
}

static void do_peek(char **words)
{
	line_need(words, 1);
	steps_add(LHV_PEEK)->x = operand_offset(words[0]);
}

void memory_forget(void)
{
	nr_leaves = 0;
}

static u64 *leaf(u64 offset)
{
	size_t i;

	for (i = 0; i < nr_leaves; i++)
		if (leaf_values[i][0] == offset)
			return &leaf_values[i][1];
	if (nr_leaves == ARRAY_SIZE(leaf_values))
		line_bad("too many entries changed");
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
		line_bad("set, or, clear: not '%s'", op);
	steps_poke(offset, *entry, 8);
}

/* The EPT entry that maps a guest-physical address: a page, or 2 MiB. */
static u64 ept_entry(u64 gpa)
{
	if (gpa < LHV_GUEST_SIZE)
		return LHV_EPT + 0x3000 + (gpa >> 12) * 8;
	if (gpa >= LHV_BIG && gpa < LHV_BIG + LHV_BIG_SIZE)
		return LHV_EPT + 0x2000 + 8;
	if (!arena_has(gpa))
		return LHV_EPT + 0x1000 + (gpa >> 30 & 511) * 8;
	if (gpa - arena_pa >= LHV_BIG)
		return (arena_pa >> 30 ? LHV_EPT + 0x4000 : LHV_EPT + 0x2000) +
		       (gpa >> 21 & 511) * 8;
	return LHV_EPT + 0x5000 + ((gpa - arena_pa) >> 12) * 8;
}

/* Where the guest's page tables put its first pages and its big page: into the arena. */
static u64 guest_physical(u64 address)
{
	if (contents_paging() && address < LHV_GUEST_SIZE)
		return arena_pa + LHV_GUEST + address;
	if (contents_paging() && address >= LHV_BIG && address < LHV_BIG + LHV_BIG_SIZE)
		return arena_pa + address;
	return address;
}

static void do_ept(char **words)
{
	line_need(words, 3);
	change_leaf(ept_entry(guest_physical(expr_value(words[0]))), words[1],
		    expr_value(words[2]));
}

static void do_pte(char **words)
{
	line_need(words, 3);
	change_leaf(LHV_GUEST + 0x8000 + (expr_value(words[0]) >> 12) * 8, words[1],
		    expr_value(words[2]));
}

static void do_l1pte(char **words)
{
	line_need(words, 3);
	change_leaf(LHV_WINDOW_PT + (expr_value(words[0]) >> 12 & 511) * 8, words[1],
		    expr_value(words[2]));
}

static void do_msr(char **words)
{
	u64 offset;

	line_need(words, 4);
	offset = arena_offset(expr_value(words[0])) + expr_value(words[1]) * 16;
	steps_poke(offset, expr_value(words[2]), 8);
	steps_poke(offset + 8, expr_value(words[3]), 8);
}

static void do_bit(char **words)
{
	u64 offset, number;
	u64 *word;

	line_need(words, 2);
	offset = arena_offset(expr_value(words[0]));
	number = expr_value(words[1]);
	word = leaf(offset + number / 64 * 8);
	*word |= 1ull << (number % 64);
	steps_poke(offset + number / 64 * 8, *word, 8);
}

const struct statement memory_statements[] = {
	{ "poke", do_poke },		{ "peek", do_peek },		{ "ept", do_ept },
	{ "pte", do_pte },		{ "l1pte", do_l1pte },		{ "msr", do_msr },
	{ "bit", do_bit },
	{ NULL, NULL },
};
