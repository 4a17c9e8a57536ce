// SPDX-License-Identifier: GPL-2.0-only
/*
 * Values as programs write them: expressions, and names of fields.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expr.h"
#include "line.h"
#include "names.h"
#include "places.h"

static u64 term(const char **at)
{
	char name[64];
	size_t len = 0;
	u64 value;
	char *end;

	if (**at == '~') {
		++*at;
		return ~term(at);
	}
	if (isdigit((unsigned char)**at)) {
		value = strtoull(*at, &end, 0);
		*at = end;
		return value;
	}
	while ((isalnum((unsigned char)**at) || **at == '_' || **at == '.') &&
	       len < sizeof(name) - 1)
		name[len++] = *(*at)++;
	name[len] = '\0';
	if (places_find(name, &value) || names_constant(name, &value))
		return value;
	if (names_field(name))
		return names_field(name)->encoding;
	line_bad("'%s' is no number, place, bit or field", name);
}

u64 expr_value(const char *expression)
{
	const char *at = expression;
	u64 value = term(&at);

	while (*at) {
		char op = *at++;
		u64 next = term(&at);

		if (op == '+')
			value += next;
		else if (op == '-')
			value -= next;
		else if (op == '|')
			value |= next;
		else if (op == '&')
			value &= next;
		else if (op == '^')
			value ^= next;
		else if (op == '*')
			value *= next;
		else
			line_bad("operator '%c'", op);
	}
	return value;
}

u32 expr_field(const char *name)
{
	const struct vmcs_field *field = names_field(name);
	size_t len = strlen(name);
	char base[64];

	if (field)
		return field->encoding;
	/* The high half of a 64-bit field */
	if (len > 5 && len < sizeof(base) && !strcmp(name + len - 5, ".high")) {
		snprintf(base, sizeof(base), "%.*s", (int)len - 5, name);
		if (names_field(base))
			return names_field(base)->encoding + 1;
	}
	return expr_value(name);
}
