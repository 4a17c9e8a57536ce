/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TAP output in the manner of kselftest: a table of named tests, each run in a child process.
 *
 * A child per test keeps a crash or a hang in one test from ending the others, and whatever a test
 * opened is closed with it. A test returns when it passed; check(), fail() and skip() end it early.
 */
#ifndef NESTOR_SELFTESTS_TAP_H
#define NESTOR_SELFTESTS_TAP_H

#include <stdbool.h>
#include <stddef.h>

#define __noreturn __attribute__((noreturn))
#define __printf(a, b) __attribute__((format(printf, a, b)))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/**
 * struct tap_test - one line of the table of tests
 * @name: what TAP, ``-l`` and the command line call it
 * @run: the test; it may call fail(), check() and skip()
 */
struct tap_test {
	const char *name;
	void (*run)(void);
};

/**
 * tap_main() - run the tests named in argv, or all, and print TAP
 * @argc: as main() has it
 * @argv: ``-l`` lists, names choose
 * @tests: the table
 * @nr_tests: its length
 * @requirement: returns why nothing here can run on this machine, or NULL; may be NULL
 *
 * Return: the status for main(): 0, 1 if a test failed, 2 for wrong usage, 4 if all is skipped.
 */
int tap_main(int argc, char **argv, const struct tap_test *tests, size_t nr_tests,
	     const char *(*requirement)(void));

/* End the test, from any of its threads, with the sentence that follows "not ok" or "# SKIP". */
__noreturn __printf(1, 2) void fail(const char *fmt, ...);
__noreturn __printf(1, 2) void skip(const char *fmt, ...);

/* Print a "# ..." line that belongs to the test's result. */
__printf(1, 2) void note(const char *fmt, ...);

#define check(condition, ...)		\
	do {				\
		if (!(condition))	\
			fail(__VA_ARGS__); \
	} while (0)

#endif
