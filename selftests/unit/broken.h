/* SPDX-License-Identifier: GPL-2.0-only */
/* The code under test, or the test, has done what a machine does not survive. */
#ifndef BROKEN_H
#define BROKEN_H

#include <stdio.h>
#include <stdlib.h>

#define broken(...)					\
do {							\
	fprintf(stderr, "broken: " __VA_ARGS__);	\
	fputc('\n', stderr);				\
	abort();					\
} while (0)

#endif
