// SPDX-License-Identifier: GPL-2.0-only
/*
 * Statements about the contents of a VMCS: a state that can be entered, and its fields.
 */
#include <stdlib.h>
#include <string.h>

#include "caps.h"
#include "contents.h"
#include "expr.h"
#include "names.h"
#include "state.h"
#include "steps.h"
#include "text.h"
#include "written.h"

static int code_mode;
static bool paging;			/* the guest's */

static void vmwrite(u32 encoding, u64 value)
{
	struct lhv_step *step = steps_add(LHV_VMWRITE);

	step->x = encoding;
	step->y = value;
	written_note(encoding, value);
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
		line_bad("a state of too many fields");
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
			line_bad("too many words");
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

void contents_forget(void)
{
	code_mode = 0;
	paging = false;
	written_forget();
}

int contents_code_mode(void)
{
	return code_mode ? code_mode : 64;
}

bool contents_paging(void)
{
	return paging;
}

static void do_state(char **words)
{
	const struct known_state *state;
	size_t i;

	line_need(words, 1);
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

	line_need(words, 2);
	encoding = expr_field(words[0]);
	value = expr_value(words[1]);
	if (!written_fits(encoding))
		line_bad("no field");
	if (op == '|')
		value |= written_last(encoding);
	else if (op == '&')
		value = written_last(encoding) & ~value;
	else if (op == '^')
		value ^= written_last(encoding);
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
	line_need(words, 1);
	steps_add(LHV_VMREAD)->x = expr_field(words[0]);
}

const struct statement contents_statements[] = {
	{ "state", do_state },		{ "set", do_set },		{ "or", do_or },
	{ "clear", do_clear },		{ "xor", do_xor },		{ "read", do_read },
	{ NULL, NULL },
};
