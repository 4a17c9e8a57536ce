/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Statements that are instructions of L1.
 */
#ifndef DIFF_INSNS_H
#define DIFF_INSNS_H

#include "line.h"

extern const struct statement insns_statements[];

#endif
