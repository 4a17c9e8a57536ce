// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a VM exit leaves defined: which field for which exit reason, from a file of rules.
 */
#include <stdlib.h>
#include <string.h>

#include "lines.h"
#include "names.h"
#include "rules.h"
#include "text.h"

#define NR_REASONS	128

/*
 * A rule: the field is defined for these exit reasons only, and where all conditions hold: that other
 * fields have bits set, or not all of them set.
 */
struct rule {
	u32 encoding;
	bool defined[NR_REASONS];
	struct condition conditions[4];
	size_t nr_conditions;
};

static struct rule rules[64];
static size_t nr_rules;

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
	for (reason = strtok_r(reasons + others, ",", &save); reason;
	     reason = strtok_r(NULL, ",", &save))
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

void rules_read(const char *path)
{
	lines_read(path, add_rule);
}

static bool is_defined(const struct rule *rule, const struct group *group, u64 reason)
{
	size_t i;

	for (i = 0; i < rule->nr_conditions; i++) {
		if (!group_holds(&rule->conditions[i], group))
			return false;
	}
	return rule->defined[reason & (NR_REASONS - 1)];
}

/* A field that several rules name is defined where one of them says so. */
bool rules_mask(const struct group *group, u32 key)
{
	const uint64_t *reason = group_field(group, 0x4402);
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
