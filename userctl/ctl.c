// SPDX-License-Identifier: GPL-2.0-only
/* How the CLI speaks: errors, help, and numbers as users write them. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
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
