/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Results of programs, and files of them.
 */
#ifndef DIFF_RESULTS_H
#define DIFF_RESULTS_H

#include <stdio.h>
#include "lhv.h"
#include "program.h"
#include "arch/types.h"

struct result {
	struct program program;
	struct lhv_log *records;
	size_t nr;
};

void result_run(const struct program *program, unsigned int cpu, struct result *result);
void result_free(struct result *result);
void result_print(const struct result *result, FILE *to);
void result_write(const struct result *result, FILE *to);

/* Returns false at the end of the file. */
bool result_read(struct result *result, FILE *from);

#endif
