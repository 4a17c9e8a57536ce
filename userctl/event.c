// SPDX-License-Identifier: GPL-2.0-only
/* Events of the module, by name and in words: what nested/machine/events.def has of them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "arch/types.h"
#include "decode/checks.h"
#include "decode/errors.h"
#include "decode/reasons.h"
#include "event.h"
#include "stats.h"

/* The template is laid out as events.def says. */
static const struct {
	const char *name;
	const char *template;
} kinds[] = {
#define EVENT(name, key, template)	[NESTOR_EVENT_##name] = { #key, template },
#include "machine/events.def"
#undef EVENT
};

/* These are the words of templates; each function writes an argument to standard output. */

static void print_dec(uint64_t value)
{
	printf("%" PRIu64, value);
}

static void print_hex(uint64_t value)
{
	printf("0x%" PRIx64, value);
}

static void print_insn(uint64_t insn)
{
	fputs(insn < NESTOR_INSN_NR ? stats_insns[insn] : "?", stdout);
}

static void print_result(uint64_t result)
{
	fputs(result < STATS_RESULTS ? stats_results[result] : "?", stdout);
}

static void print_error(uint64_t error)
{
	const char *text = error_text(error);

	printf("error %" PRIu64 " (%s)", error, text ? text : "unknown");
}

static void print_fail(uint64_t error)
{
	print_result(error ? STATS_FAIL_VALID : STATS_FAIL_INVALID);
}

static void print_reason(uint64_t reason)
{
	const char *text = reason_text(reason);

	fputs(text ? text : "entry failed", stdout);
}

/* Prints which check a VM entry failed, and where the SDM has it. */
static void print_check(uint64_t check)
{
	const char *name = check_name(check);

	if (name)
		printf("check %" PRIu64 " %s: %s (SDM \"%s\")", check, name,
		       check_text(check), check_section(check));
	else
		printf("check %" PRIu64 ", unknown to this release", check);
}

static void print_bug(uint64_t bug)
{
	static const char *const bugs[] = {
#define ROOT_BUG(name, number, words)	[number] = words,
#include "machine/bugs.def"
#undef ROOT_BUG
	};

	fputs(bug < ARRAY_SIZE(bugs) && bugs[bug] ? bugs[bug] : "unknown to this release", stdout);
}

static void print_access(uint64_t is_write)
{
	fputs(is_write ? "write to" : "read of", stdout);
}

static const struct {
	const char *name;
	void (*print)(uint64_t value);
} words[] = {
	{ "dec",	print_dec },
	{ "hex",	print_hex },
	{ "insn",	print_insn },
	{ "result",	print_result },
	{ "error",	print_error },
	{ "fail",	print_fail },
	{ "reason",	print_reason },
	{ "check",	print_check },
	{ "bug",	print_bug },
	{ "access",	print_access },
};

static uint64_t argument(const struct event *event, char digit)
{
	return event->arg[(digit - '0') % EVENT_ARGS];
}

/* Prints what "{N:word}" stands for. Return: what comes after it. */
static const char *print_argument(const struct event *event, const char *at)
{
	const char *word = at + strlen("{0:");
	size_t i, length = strcspn(word, "}");

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (strlen(words[i].name) == length && !strncmp(words[i].name, word, length))
			words[i].print(argument(event, at[1]));
	return word + length + strlen("}");
}

/* Begins "[N text]". Return: the text, or what comes after it if it is left out. */
static const char *enter_option(const struct event *event, const char *at)
{
	return argument(event, at[1]) ? at + strlen("[0") : strchr(at, ']') + strlen("]");
}

static void print_template(const struct event *event, const char *at)
{
	while (*at) {
		if (*at == '{')
			at = print_argument(event, at);
		else if (*at == '[')
			at = enter_option(event, at);
		else if (*at++ != ']')
			putchar(at[-1]);
	}
}

/* A later module may know more kinds. */
static bool known(const struct event *event)
{
	return event->kind < ARRAY_SIZE(kinds) && kinds[event->kind].name;
}

const char *event_name(const struct event *event)
{
	return known(event) ? kinds[event->kind].name : NULL;
}

void event_print(const struct event *event)
{
	if (known(event))
		print_template(event, kinds[event->kind].template);
	else
		printf("kind %u, unknown to this release", event->kind);
}

int event_check(const struct event *event)
{
	const char *word = known(event) ? strstr(kinds[event->kind].template, ":check}") : NULL;

	return word ? word[-1] - '0' : -1;
}

void event_read(struct event *event, struct nlattr **message)
{
	struct nlattr *attrs[NESTOR_A_EVENT_MAX + 1];
	int i;

	family_nested(attrs, NESTOR_A_EVENT_MAX, message[NESTOR_A_EVENT]);
	event->cpu = family_number(message[NESTOR_A_CPU]);
	event->seq = family_number(attrs[NESTOR_A_EVENT_SEQ]);
	event->tsc = family_number(attrs[NESTOR_A_EVENT_TSC]);
	event->kind = family_number(attrs[NESTOR_A_EVENT_KIND]);
	for (i = 0; i < EVENT_ARGS; i++)
		event->arg[i] = family_number(attrs[NESTOR_A_EVENT_ARG0 + i]);
}
