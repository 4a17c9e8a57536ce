/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The line that is compiled: its words, and what is wrong with it.
 */
#ifndef DIFF_LINE_H
#define DIFF_LINE_H

#include "program.h"
#include "arch/types.h"

#define LINE_MAX_WORDS	48

/* What the first word of a line stands for; it is given the others, up to a NULL. Tables end with no name. */
struct statement {
	const char *name;
	void (*compile)(char **words);
};

/* From here on line @nr of @program is meant. */
void line_begin(const struct program *program, size_t nr);

/* Say what is wrong with the line; that is the end. */
void line_bad(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* There must be @nr words. */
void line_need(char **words, size_t nr);

#endif
