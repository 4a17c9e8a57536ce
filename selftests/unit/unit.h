/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A unit test program: a table of tests, each a function that makes CHECKs. The
 * output is TAP; what a failed CHECK saw is told in comment lines before it.
 */
#ifndef UNIT_H
#define UNIT_H

#include "arch/types.h"

struct unit_test {
	const char *name;
	void (*run)(void);
};

#define TEST(function)	{ #function, function }

void unit_check(bool ok, const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Is it true? */
#define CHECK(condition)	\
	unit_check((condition), __FILE__, __LINE__, "%s", #condition)

/* Is it true, and if not, what was tried? */
#define CHECK_MSG(condition, ...)	\
	unit_check((condition), __FILE__, __LINE__, __VA_ARGS__)

/* Are two integers equal? */
#define CHECK_EQ(actual, expected)					\
do {									\
	const unsigned long long actual_ = (unsigned long long)(actual);	\
	const unsigned long long expected_ = (unsigned long long)(expected);	\
									\
	unit_check(actual_ == expected_, __FILE__, __LINE__,		\
		   "%s is %#llx, not %#llx", #actual, actual_, expected_);	\
} while (0)

/* Are two strings equal? */
void unit_check_string(const char *actual, const char *expected, const char *file, int line);

#define CHECK_STRING(actual, expected)	\
	unit_check_string((actual), (expected), __FILE__, __LINE__)

/**
 * unit_main() - run tests, speak TAP
 * @tests: the tests
 * @nr: how many
 *
 * Return: the exit status: 0 if all of them passed.
 */
int unit_main(const struct unit_test *tests, size_t nr);

#define UNIT_MAIN(tests)				\
int main(void)						\
{							\
	return unit_main(tests, ARRAY_SIZE(tests));	\
}

/**
 * unit_random() - the next number of a fixed pseudo-random sequence
 *
 * The sequence starts anew with each test, so a failure repeats.
 */
u64 unit_random(void);

static inline u64 unit_random_below(u64 bound)
{
	return unit_random() % bound;
}

/* True once in @n times. */
static inline bool one_in(unsigned int n)
{
	return !unit_random_below(n);
}

#endif
