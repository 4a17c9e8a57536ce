/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line of a subcommand: the options that many take, and those that it alone takes. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

/* Which of the shared options a subcommand takes; all take --help. */
#define OPTIONS_CPU   1u
#define OPTIONS_COUNT 2u
#define OPTIONS_JSON  4u
/* It takes words beside options too, and looks at them itself, from optind on. */
#define OPTIONS_WORDS 8u

/**
 * struct options - what a subcommand takes, and what the user gave
 * @help: printed for --help
 * @takes: OPTIONS_*
 * @own: its own options, as for getopt_long(), an empty one at the end; the value of each is a
 *	letter. NULL if there are none.
 * @take: called for each of them, with its letter and its argument in optarg; returns CTL_OK or
 *	what ctl_usage() gave
 * @arg: is for @take
 * @argc, @argv: the command line
 * @json: --json was given
 * @has_cpu: --cpu was given
 * @cpu: its number
 * @count: that of --count, 0 if it was not given
 */
struct options {
	const char *help;
	unsigned int takes;
	const struct option *own;
	int (*take)(struct options *options, int letter);
	void *arg;
	int argc;
	char **argv;
	bool json;
	bool has_cpu;
	uint32_t cpu;
	unsigned long long count;
};

/**
 * options_parse() - read the command line; for --help print it and end
 * @options: what the subcommand takes; filled
 * @argc: of the subcommand's main function
 * @argv: of the subcommand's main function
 *
 * Return: CTL_OK, or CTL_USAGE when the user was told what is wrong.
 */
int options_parse(struct options *options, int argc, char **argv);

#endif
