// SPDX-License-Identifier: GPL-2.0-only
/* Names of exit reasons, errors and checks. */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <strings.h>
#include "arch/checks.h"
#include "decode/checks.h"
#include "arch/errors.h"
#include "decode/errors.h"
#include "arch/reasons.h"
#include "decode/reasons.h"
#include "ctl.h"
#include "names.h"

void name_reason_key(char *buffer, unsigned int reason)
{
	const char *name = reason_name(reason);
	char *c;

	if (!name) {
		snprintf(buffer, NAME_SIZE, "reason_%u", reason);
		return;
	}
	snprintf(buffer, NAME_SIZE, "%s", name);
	for (c = buffer; *c; c++)
		*c = tolower((unsigned char)*c);
}

void name_reason_words(char *buffer, unsigned int reason)
{
	const char *text = reason_text(reason);

	snprintf(buffer, NAME_SIZE, "%2u %s", reason, text ? text : "(unknown to this release)");
}

void name_error_key(char *buffer, unsigned int error)
{
	snprintf(buffer, NAME_SIZE, "%u", error);
}

void name_error_words(char *buffer, unsigned int error)
{
	const char *text = error_text(error);

	snprintf(buffer, NAME_SIZE, "%2u %s", error, text ? text : "(unknown to this release)");
}

void name_check_key(char *buffer, unsigned int check)
{
	const char *name = check_name(check);

	if (name)
		snprintf(buffer, NAME_SIZE, "%s", name);
	else
		snprintf(buffer, NAME_SIZE, "check-%u", check);
}

void name_check_words(char *buffer, unsigned int check)
{
	const char *name = check_name(check);

	snprintf(buffer, NAME_SIZE, "%3u %s", check, name ? name : "(unknown to this release)");
}

/* A number, or a name in any case of the @nr things that @name knows. */
static bool parse(const char *text, unsigned int nr, const char *(*name)(u32), unsigned int *value)
{
	unsigned long long number;

	if (ctl_number(text, UINT32_MAX, &number)) {
		*value = number;
		return true;
	}
	for (*value = 0; *value < nr; ++*value) {
		const char *candidate = name(*value);

		if (candidate && !strcasecmp(candidate, text))
			return true;
	}
	return false;
}

bool name_check_parse(const char *text, unsigned int *check)
{
	return parse(text, NR_ENTRY_CHECKS, check_name, check);
}

bool name_reason_parse(const char *text, unsigned int *reason)
{
	return parse(text, NR_EXIT_REASONS, reason_name, reason);
}
