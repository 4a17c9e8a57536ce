/* SPDX-License-Identifier: GPL-2.0-only */
/* The lines of `nestor check`. */
#ifndef CHECK_REPORT_H
#define CHECK_REPORT_H

#include "ctl.h"
#include "json.h"

/*
 * PASS is as it should be, INFO is good to know, WARN may be in the way or cannot be seen from
 * here, and with FAIL the module will refuse.
 */
enum check_result { PASS, INFO, WARN, FAIL, NR_RESULTS };

/**
 * struct check_report - where the lines go
 * @json: the document that they go to, in an array; NULL for text
 * @count: how many of each kind there were
 */
struct check_report {
	struct json *json;
	unsigned int count[NR_RESULTS];
};

/**
 * check_report() - write one line
 * @report: where to
 * @result: what came out
 * @name: the check's name
 * @format: what was found, as for printf(), without the newline
 */
__printf(4, 5) void check_report(struct check_report *report, enum check_result result,
				 const char *name, const char *format, ...);

#endif
