/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options of instructions: form=NAME, at=LINEAR and so on (compile.c).
 */
#ifndef DIFF_OPTIONS_H
#define DIFF_OPTIONS_H

#include "encode.h"

/* Takes NAME=VALUE words and flags out of "words"; the others stay, closed up. */
struct insn options_take(char **words);

#endif
