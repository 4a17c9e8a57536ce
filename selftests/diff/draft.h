/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A random program as far as it is written.
 */
#ifndef DIFF_DRAFT_H
#define DIFF_DRAFT_H

#include "program.h"
#include "arch/types.h"

/**
 * struct draft - a random program as far as it is written
 * @program: its lines
 * @mode: the guest's, a state's name
 * @ept: the guest runs on EPT
 * @unrestricted: as an unrestricted guest
 * @sub_pages: with sub-page write permissions
 */
struct draft {
	struct program program;
	const char *mode;
	bool ept, unrestricted, sub_pages;
};

#define draft_line(draft, ...)	program_add_line(&(draft)->program, __VA_ARGS__)

#endif
