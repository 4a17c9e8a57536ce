// SPDX-License-Identifier: GPL-2.0-only
/*
 * Differences that are known, from a file, a reason each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "known.h"
#include "lines.h"
#include "names.h"
#include "text.h"

/*
 * The first @len characters of the key decide; with @bits only a difference in these is known, and with
 * @unless only where not all those bits of another field are set, or only where they are.
 */
static struct known {
	char *program, *key, *why;
	size_t len;
	u64 bits;
	struct condition unless;
} known[256];
static size_t nr_known;

/* FIELD&BITS after "!", or "?": what must not hold */
static struct condition known_condition(char mark, char *text)
{
	char *bits = strchr(text, '&');

	if (bits)
		*bits++ = '\0';
	if (!bits || !names_field(text))
		text_die("known differences: '%s': FIELD&BITS", text);
	return (struct condition){ names_field(text)->encoding, strtoull(bits, NULL, 0),
				   mark == '!' };
}

/* PROGRAM|* KEY[*][~BITS[!FIELD&BITS|?FIELD&BITS]] WHY..; a "_" stands for a blank in the program's name. */
static void add_known(char *line)
{
	char program[128], key[64], why[256], *bits, *unless;
	struct known *to = &known[nr_known];

	if (sscanf(line, "%127s %63s %255[^\n]", program, key, why) != 3)
		text_die("known differences: PROGRAM KEY WHY: '%s'", line);
	if (nr_known++ == ARRAY_SIZE(known))
		text_die("known differences: too many");
	bits = strchr(key, '~');
	*to = (struct known){ .program = strdup(program), .why = strdup(why) };
	if (bits) {
		*bits = '\0';
		to->bits = strtoull(bits + 1, &unless, 0);
		if (*unless == '!' || *unless == '?')
			to->unless = known_condition(*unless, unless + 1);
	}
	to->key = strdup(key);
	to->len = strcspn(key, "*");
}

static bool is_known(const struct known *entry, const char *text, const struct group *group,
		     const struct lhv_log *a, const struct lhv_log *b)
{
	if (entry->unless.bits && group_holds(&entry->unless, group))
		return false;
	if (strncmp(text, entry->key, entry->len) ||
	    (!entry->key[entry->len] && text[entry->len] != '='))
		return false;
	return !entry->bits || (a && b && !((a->value ^ b->value) & ~entry->bits));
}

void known_read(const char *path)
{
	lines_read(path, add_known);
}

const char *known_why(const struct program *program, const struct group *group,
		      const struct lhv_log *a, const struct lhv_log *b)
{
	struct text text = { 0 };
	const char *why = NULL;
	char name[128];
	size_t i;

	snprintf(name, sizeof(name), "%s", program->name);
	for (i = 0; name[i]; i++)
		if (name[i] == ' ')
			name[i] = '_';
	describe_record(&text, a ? a : b);
	for (i = 0; i < nr_known && !why; i++) {
		if ((!strcmp(known[i].program, "*") || !strcmp(known[i].program, name)) &&
		    is_known(&known[i], text.chars, group, a, b))
			why = known[i].why;
	}
	text_free(&text);
	return why;
}
