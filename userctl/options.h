/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line of a subcommand: the options that many take, and those that it alone takes. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

/* A subcommand takes these of the shared options; all take --help. */
#define OPTIONS_CPU   1u
#define OPTIONS_COUNT 2u
#define OPTIONS_JSON  4u
/* It takes words besides options too, and looks at them itself, from optind on. */
#define OPTIONS_WORDS 8u

/**
 * struct options - what a subcommand takes, and what the user gave
 * @help: printed for --help
 * @takes: OPTIONS_*, which of the shared options it takes
 * @own: its own options, as for getopt_long(), with an empty one at the end; the value of each is
 *	a letter. NULL if there are none.
 * @take: called for each of them, with its letter and its argument in optarg; returns CTL_OK or
 *	what ctl_usage() gave
 * @arg: for @take to use
 * @argc, @argv: the command line
 * @json: --json was given
 * @has_cpu: --cpu was given
 * @cpu: the number that --cpu was given
 * @count: the number that --count was given, 0 if there was no --count
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
 * options_parse() - read the command line; for --help print the help and end the program
 * @options: what the subcommand takes; filled
 * @argc: of the subcommand's main function
 * @argv: of the subcommand's main function
 *
 * Return: CTL_OK, or CTL_USAGE when the user was told what is wrong.
 */
int options_parse(struct options *options, int argc, char **argv);

#endif
