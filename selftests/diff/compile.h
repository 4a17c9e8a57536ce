/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs from text to steps.
 */
#ifndef DIFF_COMPILE_H
#define DIFF_COMPILE_H

#include "lhv.h"
#include "program.h"
#include "arch/types.h"

/**
 * compile_program() - compile a program
 * @program: its text; an error in it is the end
 * @steps: room for LHV_MAX_STEPS
 *
 * Return: how many steps it has.
 */
size_t compile_program(const struct program *program, struct lhv_step *steps);

#endif
