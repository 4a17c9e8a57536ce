// SPDX-License-Identifier: GPL-2.0-only
/* How the CLI speaks: errors, help, colours, and numbers as users write them. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>
#include "ctl.h"

int ctl_error(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("nestor: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return CTL_FAILED;
}

int ctl_usage(const char *command, const char *format, ...)
{
	va_list args;

	if (format) {
		fprintf(stderr, "nestor %s: ", command);
		va_start(args, format);
		vfprintf(stderr, format, args);
		va_end(args);
		fputc('\n', stderr);
	}
	fprintf(stderr, "Try: nestor %s --help\n", command);
	return CTL_USAGE;
}

int ctl_help(const char *text)
{
	fputs(text, stdout);
	return ctl_finish(CTL_OK);
}

int ctl_finish(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	return ctl_error("cannot write the output");
}

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

bool ctl_number(const char *text, unsigned long long max, unsigned long long *value)
{
	char *end;

	/* strtoull() takes signs and blanks, and makes a large number of "-1". */
	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*value = strtoull(text, &end, 0);
	return !errno && !*end && *value <= max;
}
