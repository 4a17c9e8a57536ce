// SPDX-License-Identifier: GPL-2.0-only
/* The command line of a subcommand. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "ctl.h"
#include "options.h"

#define MAX_OPTIONS 16

/* All subcommands have --help; of the others each has those that it says. */
static const struct {
	unsigned int takes;
	struct option option;
} shared[] = {
	{ OPTIONS_CPU,		{ "cpu",	required_argument,	NULL, 'c' } },
	{ OPTIONS_COUNT,	{ "count",	required_argument,	NULL, 'n' } },
	{ OPTIONS_JSON,		{ "json",	no_argument,		NULL, 'j' } },
	{ 0,			{ "help",	no_argument,		NULL, 'h' } },
};

/* getopt_long() wants options by name, and letters with a colon where an argument comes. */
struct known {
	struct option options[MAX_OPTIONS + 1];
	char letters[3 * MAX_OPTIONS + 1];
	size_t nr;
};

static void know(struct known *known, const struct option *option)
{
	char letter[] = { option->val, '\0' };

	if (known->nr == MAX_OPTIONS)
		abort();
	known->options[known->nr++] = *option;
	strcat(known->letters, letter);
	if (option->has_arg != no_argument)
		strcat(known->letters, option->has_arg == optional_argument ? "::" : ":");
}

static void know_all(struct known *known, const struct options *options)
{
	const struct option *own;
	size_t i;

	for (i = 0; i < sizeof(shared) / sizeof(*shared); i++)
		if ((options->takes & shared[i].takes) == shared[i].takes)
			know(known, &shared[i].option);
	for (own = options->own; own && own->name; own++)
		know(known, own);
}

static int take_cpu(struct options *options)
{
	unsigned long long cpu;

	if (!ctl_number(optarg, INT_MAX, &cpu))
		return ctl_usage(options->argv[0], "no CPU number: \"%s\"", optarg);
	options->has_cpu = true;
	options->cpu = cpu;
	return CTL_OK;
}

static int take_count(struct options *options)
{
	if (ctl_number(optarg, ULLONG_MAX, &options->count) && options->count)
		return CTL_OK;
	return ctl_usage(options->argv[0], "no count: \"%s\"", optarg);
}

static bool is_own(const struct options *options, int letter)
{
	const struct option *own;

	for (own = options->own; own && own->name; own++)
		if (own->val == letter)
			return true;
	return false;
}

/* For what it does not know getopt_long() has told the user already. */
static int take(struct options *options, int letter)
{
	if (is_own(options, letter))
		return options->take(options, letter);
	switch (letter) {
	case 'c':
		return take_cpu(options);
	case 'n':
		return take_count(options);
	case 'j':
		options->json = true;
		return CTL_OK;
	case 'h':
		exit(ctl_help(options->help));
	default:
		return ctl_usage(options->argv[0], NULL);
	}
}

int options_parse(struct options *options, int argc, char **argv)
{
	struct known known = { };
	int letter, ret;

	options->argc = argc;
	options->argv = argv;
	know_all(&known, options);
	while ((letter = getopt_long(argc, argv, known.letters, known.options, NULL)) != -1) {
		ret = take(options, letter);
		if (ret)
			return ret;
	}
	if (optind < argc && !(options->takes & OPTIONS_WORDS))
		return ctl_usage(argv[0], "does not take \"%s\"", argv[optind]);
	return CTL_OK;
}
