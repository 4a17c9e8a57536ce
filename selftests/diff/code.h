/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Statements about the guest: its code and its registers.
 */
#ifndef DIFF_CODE_H
#define DIFF_CODE_H

#include "line.h"

extern const struct statement code_statements[];

#endif
