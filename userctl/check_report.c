// SPDX-License-Identifier: GPL-2.0-only
/* The lines of `nestor check`. */
#include <stdarg.h>
#include <stdio.h>
#include "check_report.h"
#include "term.h"

static const char *const result_names[NR_RESULTS] = { "PASS", "INFO", "WARN", "FAIL" };

static const char *result_colour(enum check_result result)
{
	switch (result) {
	case PASS:
		return term_green();
	case WARN:
		return term_yellow();
	case FAIL:
		return term_red();
	default:
		return "";
	}
}

static void json_line(struct json *json, enum check_result result, const char *name,
		      const char *text)
{
	json_object(json, NULL);
	json_string(json, "check", name);
	json_string(json, "result", result_names[result]);
	json_string(json, "text", text);
	json_object_end(json);
}

void check_report(struct check_report *report, enum check_result result, const char *name,
		  const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	report->count[result]++;
	if (report->json)
		json_line(report->json, result, name, text);
	else
		printf("%s%s%s %-18s %s\n", result_colour(result), result_names[result],
		       term_plain(), name, text);
}
