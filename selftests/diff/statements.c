// SPDX-License-Identifier: GPL-2.0-only
/*
 * All statements of the language, and those that the engine answers by itself.
 */
#include "code.h"
#include "contents.h"
#include "expr.h"
#include "insns.h"
#include "memory.h"
#include "names.h"
#include "statements.h"
#include "steps.h"

static void do_icr(char **words)
{
	line_need(words, 1);
	steps_add(LHV_ICR)->y = expr_value(words[0]);
}

static void do_window(char **words)
{
	(void)words;
	steps_add(LHV_WINDOW);
}

static void do_skip(char **words)
{
	(void)words;
	steps_add(LHV_SKIP);
}

static void do_tame(char **words)
{
	(void)words;
	steps_add(LHV_TAME);
}

static void do_cpuid(char **words)
{
	struct lhv_step *step;

	line_need(words, 2);
	step = steps_add(LHV_CPUID);
	step->x = expr_value(words[0]);
	step->y = expr_value(words[1]);
}

static const struct statement engine_statements[] = {
	{ "icr", do_icr },		{ "window", do_window },	{ "cpuid", do_cpuid },
	{ "skip", do_skip },		{ "tame", do_tame },
	{ NULL, NULL },
};

static void add_all(struct names *table, const struct statement *statements)
{
	for (; statements->name; statements++)
		names_add(table, statements->name, statements);
}

static const struct names *table(void)
{
	static struct names all;

	if (!all.slots) {
		names_make(&all, 64);
		add_all(&all, insns_statements);
		add_all(&all, contents_statements);
		add_all(&all, code_statements);
		add_all(&all, memory_statements);
		add_all(&all, engine_statements);
	}
	return &all;
}

const struct statement *statements_find(const char *name)
{
	return names_find(table(), name);
}

void statements_forget(void)
{
	contents_forget();
	memory_forget();
}
