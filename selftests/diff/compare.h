/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Results compared.
 */
#ifndef DIFF_COMPARE_H
#define DIFF_COMPARE_H

#include "results.h"
#include "text.h"
#include "arch/types.h"

struct difference {
	u32 step;
	u32 nr;				/* of records that differ */
	struct text what;
	const char *known;		/* why it is, if it is a known one */
};

/* Returns false if the results are the same, as far as the SDM defines them. */
bool compare_results(const struct result *a, const struct result *b, struct difference *difference);

#endif
