// SPDX-License-Identifier: GPL-2.0-only
/*
 * Statements about the guest: its code and its registers.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "code.h"
#include "contents.h"
#include "expr.h"
#include "names.h"
#include "snippets.h"
#include "steps.h"

static const struct snippet *snippet_by_name(const char *name)
{
	const struct snippet *snippet;

	for (snippet = snippets; snippet < snippets_end; snippet++)
		if ((int)snippet->mode == contents_code_mode() && !strcmp(snippet->name, name))
			return snippet;
	line_bad("no snippet '%s' for %d-bit code", name, contents_code_mode());
}

static void poke_bytes(u64 offset, const u8 *bytes, size_t len)
{
	u64 word;
	size_t i;

	for (i = 0; i < len; i += 8) {
		word = 0;
		memcpy(&word, bytes + i, len - i < 8 ? len - i : 8);
		steps_poke(offset + i, word, len - i < 8 ? len - i : 8);
	}
}

static u64 code_target(char ***words)
{
	u64 address;

	if (!**words || strcmp(**words, "at"))
		return LHV_GUEST + 0x10000;
	line_need(*words, 2);
	address = expr_value((*words)[1]);
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

	for (; *words; words++) {
		const struct snippet *snippet = snippet_by_name(*words);

		if (len + snippet->len > sizeof(code) - 8)
			line_bad("too much code");
		memcpy(code + len, snippet->code, snippet->len);
		len += snippet->len;
	}
	place_guest_code(offset, code, len);
}

static void do_codebytes(char **words)
{
	u64 offset = code_target(&words);
	u8 code[LINE_MAX_WORDS + 8];
	size_t len = 0;

	for (; *words; words++)
		code[len++] = strtoul(*words, NULL, 16);
	place_guest_code(offset, code, len);
}

static void do_guest(char **words)
{
	struct lhv_step *step;

	line_need(words, 2);
	if (names_gpr(words[0]) < 0)
		line_bad("no register '%s'", words[0]);
	step = steps_add(LHV_REG);
	step->arg = 16 + names_gpr(words[0]);
	step->x = expr_value(words[1]);
}

const struct statement code_statements[] = {
	{ "code", do_code },		{ "codebytes", do_codebytes },	{ "guest", do_guest },
	{ NULL, NULL },
};
