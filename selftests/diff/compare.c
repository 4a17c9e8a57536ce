// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compare the results of a program on two machines: the same records in the same order, but for what the
 * SDM leaves undefined. Which exit-information field is defined for which exit reason is said in a file
 * of rules; so are the differences that are known.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "names.h"
#include "text.h"

#define NR_REASONS	128
#define MAX_SHOWN	16

/*
 * A rule: the field is defined for these exit reasons only, and where all conditions hold: that other
 * fields have bits set, or not all of them set.
 */
struct condition {
	u32 encoding;
	u64 bits;
	bool set;
};

struct rule {
	u32 encoding;
	bool defined[NR_REASONS];
	struct condition conditions[4];
	size_t nr_conditions;
};

static struct rule rules[64];
static size_t nr_rules;

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

static u32 number_of_reason(const char *name)
{
	u32 reason;

	if (name[0] >= '0' && name[0] <= '9')
		return strtoul(name, NULL, 0);
	for (reason = 0; reason < NR_REASONS; reason++)
		if (!strcmp(names_reason(reason), name))
			return reason;
	text_die("rules: no exit reason '%s'", name);
}

/* REASON,.. or ^REASON,.. for all but these, "all", "none" */
static void add_reasons(struct rule *rule, char *reasons)
{
	bool others = *reasons == '^';
	char *reason, *save;

	memset(rule->defined, others || !strcmp(reasons, "all"), sizeof(rule->defined));
	if (!strcmp(reasons, "all") || !strcmp(reasons, "none"))
		return;
	for (reason = strtok_r(reasons + others, ",", &save); reason; reason = strtok_r(NULL, ",", &save))
		rule->defined[number_of_reason(reason)] = !others;
}

/* if FIELD BITS | unless FIELD BITS */
static void add_condition(struct rule *rule, const char *word, char **save)
{
	const char *field = strtok_r(NULL, " \t", save), *bits = strtok_r(NULL, " \t", save);
	bool set = !strcmp(word, "if");

	if (!bits || !names_field(field) || rule->nr_conditions == ARRAY_SIZE(rule->conditions) ||
	    (!set && strcmp(word, "unless")))
		text_die("rules: '%s': if|unless FIELD BITS", word);
	rule->conditions[rule->nr_conditions++] = (struct condition){
		names_field(field)->encoding,
		strtoull(bits, NULL, 0),
		set,
	};
}

/* FIELD REASONS [CONDITION..] */
static void add_rule(char *line)
{
	char *save, *name = strtok_r(line, " \t", &save), *reasons = strtok_r(NULL, " \t", &save);
	const char *word;
	struct rule *rule = &rules[nr_rules];

	if (!reasons || !names_field(name) || nr_rules == ARRAY_SIZE(rules))
		text_die("rules: '%s': FIELD REASON,..", name);
	*rule = (struct rule){ .encoding = names_field(name)->encoding };
	add_reasons(rule, reasons);
	while ((word = strtok_r(NULL, " \t", &save)))
		add_condition(rule, word, &save);
	nr_rules++;
}

static void read_lines(const char *path, void (*add)(char *line))
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;

	if (!file)
		text_die("%s: %m", path);
	while (getline(&line, &size, file) >= 0) {
		line[strcspn(line, "#\n")] = '\0';
		if (line[strspn(line, " \t")])
			add(line);
	}
	free(line);
	fclose(file);
}

void rules_read(const char *path)
{
	read_lines(path, add_rule);
}

/* The records of one step, or of memory at the end */
struct group {
	const struct lhv_log *records;
	size_t nr;
};

static const uint64_t *value_of(const struct group *group, u32 encoding)
{
	size_t i;

	for (i = 0; i < group->nr; i++)
		if (group->records[i].key == LHV_K_FIELD + encoding)
			return &group->records[i].value;
	return NULL;
}

static bool holds(const struct condition *condition, const struct group *group)
{
	const uint64_t *value = value_of(group, condition->encoding);

	return (value && (*value & condition->bits) == condition->bits) == condition->set;
}

/* FIELD&BITS behind "!", or "?": what must not hold */
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
	if (entry->unless.bits && holds(&entry->unless, group))
		return false;
	if (strncmp(text, entry->key, entry->len) || (!entry->key[entry->len] && text[entry->len] != '='))
		return false;
	return !entry->bits || (a && b && !((a->value ^ b->value) & ~entry->bits));
}

void known_read(const char *path)
{
	read_lines(path, add_known);
}

static bool is_defined(const struct rule *rule, const struct group *group, u64 reason)
{
	size_t i;

	for (i = 0; i < rule->nr_conditions; i++) {
		if (!holds(&rule->conditions[i], group))
			return false;
	}
	return rule->defined[reason & (NR_REASONS - 1)];
}

/* A field that several rules name is defined where one of them says so. */
static bool is_masked(const struct group *group, u32 key)
{
	const uint64_t *reason = value_of(group, 0x4402);
	bool ruled = false;
	size_t i;

	if (!reason || key < LHV_K_FIELD || key >= LHV_K_MSR_LO)
		return false;
	for (i = 0; i < nr_rules; i++) {
		if (rules[i].encoding != key - LHV_K_FIELD)
			continue;
		ruled = true;
		if (is_defined(&rules[i], group, *reason))
			return false;
	}
	return ruled;
}

static struct group next_group(const struct result *result, size_t *at)
{
	struct group group = { result->records + *at, 0 };

	while (*at < result->nr && result->records[*at].step == group.records[0].step) {
		group.nr++;
		++*at;
	}
	return group;
}

static const char *why_known(const struct program *program, const struct group *group,
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

static bool has_key(const struct group *group, u32 key)
{
	size_t i;

	for (i = 0; i < group->nr; i++)
		if (group->records[i].key == key)
			return true;
	return false;
}

static void note(struct difference *difference, const struct program *program,
		 const struct group *group, const struct lhv_log *a, const struct lhv_log *b)
{
	const char *why = why_known(program, group, a, b);

	if (!difference->nr)
		difference->known = why;
	else if (!why)
		difference->known = NULL;
	if (++difference->nr > MAX_SHOWN)
		return;
	text_add(&difference->what, "    ");
	if (a)
		describe_record(&difference->what, a);
	else
		text_add(&difference->what, "nothing");
	text_add(&difference->what, "  but  ");
	if (b)
		describe_record(&difference->what, b);
	else
		text_add(&difference->what, "nothing");
	text_add(&difference->what, "\n");
}

/* Keys come in the same order in both; one that is missing in one of them is a difference. */
static bool compare_groups(const struct program *program, const struct group *a, const struct group *b,
			   struct difference *difference)
{
	size_t i = 0, j = 0;
	bool found = false;

	while (i < a->nr || j < b->nr) {
		const struct lhv_log *x = i < a->nr ? &a->records[i] : NULL;
		const struct lhv_log *y = j < b->nr ? &b->records[j] : NULL;

		if (x && y && x->key == y->key) {
			i++;
			j++;
			if (x->value == y->value || is_masked(a, x->key))
				continue;
		} else if (x && (!y || !has_key(b, x->key))) {
			i++;
			y = NULL;
		} else {
			j++;
			x = NULL;
		}
		note(difference, program, a, x, y);
		found = true;
	}
	return found;
}

/* What a guest that does not end has left in memory is a matter of time. */
static bool has_not_ended(const struct result *result)
{
	size_t i;

	for (i = 0; i < result->nr; i++)
		if (result->records[i].key == LHV_K_WATCHDOG)
			return true;
	return false;
}

/* A step that differs as it is known to: what is behind it counts as before. */
static bool pass_over(struct difference *difference)
{
	const char *why = difference->known;

	if (!why)
		return false;
	text_free(&difference->what);
	*difference = (struct difference){ .known = why };
	return true;
}

/* The first step that differs as it must not; the memory too, since it may tell more. */
bool compare_results(const struct result *a, const struct result *b, struct difference *difference)
{
	bool found = false, no_memory = has_not_ended(a) && has_not_ended(b);
	size_t i = 0, j = 0;

	*difference = (struct difference){ 0 };
	while (!found && (i < a->nr || j < b->nr)) {
		static const struct group none;
		u32 step_a = i < a->nr ? a->records[i].step : LHV_STEP_MEMORY;
		u32 step_b = j < b->nr ? b->records[j].step : LHV_STEP_MEMORY;
		struct group x = none, y = none;

		difference->step = step_a < step_b ? step_a : step_b;
		if (difference->step == LHV_STEP_MEMORY && no_memory)
			break;
		if (i < a->nr && step_a <= step_b)
			x = next_group(a, &i);
		if (j < b->nr && step_b <= step_a)
			y = next_group(b, &j);
		found = compare_groups(&a->program, &x, &y, difference) && !pass_over(difference);
	}
	return found || difference->known;
}
