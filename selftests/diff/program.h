/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs as text.
 */
#ifndef DIFF_PROGRAM_H
#define DIFF_PROGRAM_H

#include <stdio.h>
#include "arch/types.h"

struct program {
	char *name;
	char *source;			/* file and line, for people */
	char **lines;
	size_t nr_lines;
};

struct programs {
	struct program *list;
	size_t nr;
};

void program_add_line(struct program *program, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void program_take_line(struct program *program, char *line);	/* from malloc() */
void program_free(struct program *program);
struct program program_copy(const struct program *program);
void program_print(const struct program *program, FILE *to);

/* Add the programs of a file. */
void program_read_file(struct programs *programs, const char *path);
void program_append(struct programs *programs, struct program program);

#endif
