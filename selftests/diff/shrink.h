/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs that differ, made shorter.
 */
#ifndef DIFF_SHRINK_H
#define DIFF_SHRINK_H

#include "program.h"

/* Print the shortest one that is found, and its difference. */
void shrink_program(const struct program *program);

#endif
