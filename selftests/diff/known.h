/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences that are known.
 */
#ifndef DIFF_KNOWN_H
#define DIFF_KNOWN_H

#include "group.h"
#include "lhv.h"
#include "program.h"

void known_read(const char *path);

/* Tells why records of a step differ, of which one may be missing; NULL if that is not known. */
const char *known_why(const struct program *program, const struct group *group,
		      const struct lhv_log *a, const struct lhv_log *b);

#endif
