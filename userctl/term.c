// SPDX-License-Identifier: GPL-2.0-only
/* Escape sequences, where there is somebody to see them. */
#include <stdlib.h>
#include <unistd.h>
#include "term.h"

static const char *if_terminal(const char *sequence)
{
	static int terminal = -1;

	if (terminal < 0)
		terminal = isatty(STDOUT_FILENO);
	return terminal ? sequence : "";
}

static const char *if_colour(const char *sequence)
{
	const char *none = getenv("NO_COLOR");

	return none && *none ? "" : if_terminal(sequence);
}

const char *term_bold(void)
{
	return if_colour("\033[1m");
}

const char *term_red(void)
{
	return if_colour("\033[31m");
}

const char *term_yellow(void)
{
	return if_colour("\033[33m");
}

const char *term_green(void)
{
	return if_colour("\033[32m");
}

const char *term_plain(void)
{
	return if_colour("\033[0m");
}

const char *term_clear(void)
{
	return if_terminal("\033[H\033[J");
}
