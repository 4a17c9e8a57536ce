// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shrink a program that differs: leave lines and words out for as long as it still differs. Each attempt
 * runs on the bare machine and under Nestor; the module is loaded, and enabled and disabled in between.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "program.h"
#include "results.h"
#include "shrink.h"
#include "text.h"

static void switch_nestor(const char *to)
{
	char command[64];

	snprintf(command, sizeof(command), "nestor %s >/dev/null", to);
	if (system(command))
		text_die("'nestor %s' failed", to);
}

/* True if the program differs, or, with a difference to compare to, differs in the same first record. */
static bool differs(const struct program *program, struct text *what)
{
	struct difference difference;
	struct result bare, nested;
	bool found;

	result_run(program, 0, &bare);
	switch_nestor("enable");
	result_run(program, 0, &nested);
	switch_nestor("disable");
	found = compare_results(&bare, &nested, &difference) && !difference.known;
	if (found && what) {
		text_free(what);
		*what = difference.what;
		difference.what = (struct text){ 0 };
	}
	text_free(&difference.what);
	result_free(&bare);
	result_free(&nested);
	return found;
}

static void drop_line(struct program *program, size_t line)
{
	free(program->lines[line]);
	program->nr_lines--;
	memmove(&program->lines[line], &program->lines[line + 1],
		(program->nr_lines - line) * sizeof(char *));
}

/* The line without its word number "word"; NULL if it has no such. */
static char *without_word(const char *line, size_t word)
{
	struct text text = { 0 };
	char *copy = strdup(line), *save, *at;
	size_t nr = 0;

	for (at = strtok_r(copy, " ", &save); at; at = strtok_r(NULL, " ", &save), nr++)
		if (nr != word)
			text_add(&text, "%s%s", text.len ? " " : "", at);
	free(copy);
	if (word < nr)
		return text.chars;
	text_free(&text);
	return NULL;
}

/* Only what takes any number of words can do with fewer. */
static bool has_spare_words(const char *line)
{
	return !strncmp(line, "code ", 5) || !strncmp(line, "state ", 6);
}

static bool drop_lines(struct program *program, struct text *what)
{
	bool dropped = false;
	size_t line;

	for (line = program->nr_lines; line--;) {
		struct program shorter = program_copy(program);

		drop_line(&shorter, line);
		if (differs(&shorter, what)) {
			program_free(program);
			*program = shorter;
			dropped = true;
		} else {
			program_free(&shorter);
		}
	}
	return dropped;
}

static bool drop_words(struct program *program, struct text *what)
{
	bool dropped = false;
	size_t line, word;
	char *shorter, *longer;

	for (line = 0; line < program->nr_lines; line++) {
		for (word = strncmp(program->lines[line], "state", 5) ? 1 : 2;
		     has_spare_words(program->lines[line]); word++) {
			shorter = without_word(program->lines[line], word);
			if (!shorter)
				break;
			longer = program->lines[line];
			program->lines[line] = shorter;
			if (differs(program, what)) {
				free(longer);
				dropped = true;
				word--;
			} else {
				free(shorter);
				program->lines[line] = longer;
			}
		}
	}
	return dropped;
}

void shrink_program(const struct program *program)
{
	struct program copy = program_copy(program);
	struct text what = { 0 };

	if (!differs(&copy, &what)) {
		printf("# %s does not differ\n", program->name);
	} else {
		while (drop_lines(&copy, &what) | drop_words(&copy, &what))
			;
		program_print(&copy, stdout);
		printf("%s\n", what.chars);
	}
	text_free(&what);
	program_free(&copy);
}
