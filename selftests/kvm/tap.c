// SPDX-License-Identifier: GPL-2.0-only
/*
 * The runner of tap.h.
 */
#define _GNU_SOURCE
#include "tap.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* In seconds. An emulated machine is slow; a test that needs longer hangs. */
#define TIME_LIMIT 60

enum { STATUS_PASS = 0, STATUS_FAIL = 1, STATUS_USAGE = 2, STATUS_SKIP = 4 };

/* Shared with the child, which leaves its reason here. NULL in a program that is not a test. */
static char *reason;
#define REASON_SIZE 256

static void __noreturn leave(int status, const char *fmt, va_list args)
{
	fflush(stdout);
	if (reason) {
		vsnprintf(reason, REASON_SIZE, fmt, args);
	} else {
		vfprintf(stderr, fmt, args);
		fputc('\n', stderr);
	}
	_exit(status);
}

void fail(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	leave(STATUS_FAIL, fmt, args);
}

void skip(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	leave(STATUS_SKIP, fmt, args);
}

void note(const char *fmt, ...)
{
	va_list args;

	fputs("# ", stdout);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

static void block_sigchld(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(how, &set, NULL);
}

/* Wait for @child, but not longer than TIME_LIMIT. SIGCHLD is blocked, so it cannot be missed. */
static int child_status(pid_t child)
{
	const struct timespec limit = { .tv_sec = TIME_LIMIT };
	sigset_t set;
	int status;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (sigtimedwait(&set, NULL, &limit) < 0) {
		snprintf(reason, REASON_SIZE, "not finished after %d s", TIME_LIMIT);
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		return STATUS_FAIL;
	}
	waitpid(child, &status, 0);
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	snprintf(reason, REASON_SIZE, "ended by signal %d", WTERMSIG(status));
	return STATUS_FAIL;
}

static int run_isolated(const struct tap_test *test)
{
	pid_t child;

	reason[0] = '\0';
	fflush(stdout);
	child = fork();
	if (child < 0) {
		snprintf(reason, REASON_SIZE, "fork: %m");
		return STATUS_FAIL;
	}
	if (child == 0) {
		block_sigchld(SIG_UNBLOCK);
		/* No guest spins on when the runner is killed. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		test->run();
		fflush(stdout);
		_exit(STATUS_PASS);
	}
	return child_status(child);
}

static bool report(size_t number, const struct tap_test *test)
{
	int status = run_isolated(test);

	if (status == STATUS_PASS)
		printf("ok %zu %s\n", number, test->name);
	else if (status == STATUS_SKIP)
		printf("ok %zu %s # SKIP %s\n", number, test->name, reason);
	else
		printf("not ok %zu %s # %s\n", number, test->name, reason);
	return status == STATUS_PASS || status == STATUS_SKIP;
}

static const struct tap_test *find(const char *name, const struct tap_test *tests, size_t nr_tests)
{
	for (size_t i = 0; i < nr_tests; i++) {
		if (!strcmp(name, tests[i].name))
			return &tests[i];
	}
	return NULL;
}

static int list(const struct tap_test *tests, size_t nr_tests)
{
	for (size_t i = 0; i < nr_tests; i++)
		puts(tests[i].name);
	return STATUS_PASS;
}

/* Fill @chosen with the tests that the command line names; all of them if it names none. */
static size_t choose(int argc, char **argv, const struct tap_test *tests, size_t nr_tests,
		     const struct tap_test **chosen)
{
	for (int i = 1; i < argc; i++) {
		chosen[i - 1] = find(argv[i], tests, nr_tests);
		if (!chosen[i - 1]) {
			fprintf(stderr, "%s: no test is called '%s'; %s -l lists them\n",
				argv[0], argv[i], argv[0]);
			exit(STATUS_USAGE);
		}
	}
	if (argc > 1)
		return argc - 1;
	for (size_t i = 0; i < nr_tests; i++)
		chosen[i] = &tests[i];
	return nr_tests;
}

int tap_main(int argc, char **argv, const struct tap_test *tests, size_t nr_tests,
	     const char *(*requirement)(void))
{
	const char *missing = requirement ? requirement() : NULL;
	const struct tap_test **chosen;
	size_t nr, failed = 0;

	if (argc == 2 && !strcmp(argv[1], "-l"))
		return list(tests, nr_tests);
	chosen = calloc(argc + nr_tests, sizeof(*chosen));
	reason = mmap(NULL, REASON_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!chosen || reason == MAP_FAILED) {
		perror(argv[0]);
		return STATUS_FAIL;
	}
	nr = choose(argc, argv, tests, nr_tests, chosen);
	/* A line that is in a buffer when the machine dies is lost, and it says where it died. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("TAP version 13");
	if (missing) {
		printf("1..0 # SKIP %s\n", missing);
		return STATUS_SKIP;
	}
	block_sigchld(SIG_BLOCK);
	printf("1..%zu\n", nr);
	for (size_t i = 0; i < nr; i++)
		failed += !report(i + 1, chosen[i]);
	free(chosen);
	return failed ? STATUS_FAIL : STATUS_PASS;
}
