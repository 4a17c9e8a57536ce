// SPDX-License-Identifier: GPL-2.0-only
/*
 * The line that is compiled: its words, and what is wrong with it.
 */
#include <stdarg.h>
#include <stdio.h>

#include "line.h"
#include "text.h"

static const struct program *program;
static size_t line_nr;

void line_begin(const struct program *of, size_t nr)
{
	program = of;
	line_nr = nr;
}

void line_bad(const char *format, ...)
{
	va_list args;
	char what[256];

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	text_die("%s (%s): %s: %s", program->name, program->source, program->lines[line_nr], what);
}

static size_t count(char **words)
{
	size_t nr = 0;

	while (words[nr])
		nr++;
	return nr;
}

void line_need(char **words, size_t nr)
{
	if (count(words) < nr)
		line_bad("it takes %zu words more", nr - count(words));
}
