// SPDX-License-Identifier: GPL-2.0-only
/* Runs a table of tests and speaks TAP. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "unit.h"

#define MAX_COMPLAINTS	10

static u64 random_state;
static unsigned long checks;
static unsigned long failures;

u64 unit_random(void)
{
	/* splitmix64: every 64-bit state leads to a good number. */
	u64 z = random_state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

void unit_check(bool ok, const char *file, int line, const char *format, ...)
{
	va_list args;

	checks++;
	if (ok)
		return;
	if (++failures > MAX_COMPLAINTS)
		return;
	printf("# %s:%d: ", file, line);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	/* The next step may end the program. */
	fflush(stdout);
}

void unit_check_string(const char *actual, const char *expected, const char *file, int line)
{
	unit_check(actual && !strcmp(actual, expected), file, line, "\"%s\" is not \"%s\"",
		   actual ? actual : "(null)", expected);
}

/* A test that checks nothing proves nothing: it fails. */
static bool run_one(const struct unit_test *test, size_t number)
{
	bool ok;

	random_state = 1;
	checks = 0;
	failures = 0;
	test->run();

	ok = checks && !failures;
	if (failures)
		printf("# %lu of %lu checks failed\n", failures, checks);
	printf("%s %zu %s\n", ok ? "ok" : "not ok", number, test->name);
	fflush(stdout);
	return ok;
}

int unit_main(const struct unit_test *tests, size_t nr)
{
	int status = 0;
	size_t i;

	printf("TAP version 13\n1..%zu\n", nr);
	for (i = 0; i < nr; i++) {
		if (!run_one(&tests[i], i + 1))
			status = 1;
	}
	return status;
}
