/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The records of a log in words.
 */
#ifndef DIFF_DESCRIBE_H
#define DIFF_DESCRIBE_H

#include "lhv.h"
#include "text.h"

/* Add the name of a log's key, and its value in words where that helps. */
void describe_record(struct text *text, const struct lhv_log *record);

#endif
