/* SPDX-License-Identifier: GPL-2.0-only */
/* How every subcommand speaks to the user. */
#ifndef CTL_H
#define CTL_H

#include <stdbool.h>

/*
 * The compiler checks arguments from one place on against the format at another, as for printf().
 */
#define __printf(format_at, arguments_at) __attribute__((format(printf, format_at, arguments_at)))

/* Every subcommand ends with one of these exit statuses. */
#define CTL_OK 0
#define CTL_FAILED 1
#define CTL_USAGE 2

/**
 * ctl_error() - write one line to standard error, after "nestor: "
 * @format: as for printf(), without the newline
 *
 * Return: CTL_FAILED, for a caller that ends with it.
 */
__printf(1, 2) int ctl_error(const char *format, ...);

/**
 * ctl_usage() - say what is wrong with the command line and where the help is
 * @command: name of the subcommand
 * @format: as for printf(), or NULL where getopt_long() has spoken already
 *
 * Return: CTL_USAGE, for a caller that ends with it.
 */
__printf(2, 3) int ctl_usage(const char *command, const char *format, ...);

/* Print a subcommand's help. Return: CTL_OK, or CTL_FAILED when it could not be written. */
int ctl_help(const char *text);

/* Flush standard output. Return: @status, or CTL_FAILED when the output could not be written. */
int ctl_finish(int status);

/**
 * ctl_number() - read a number as a user writes it: decimal, 0x hexadecimal or 0 octal
 * @text: the whole argument
 * @max: the largest number that makes sense
 * @value: where it goes
 *
 * Return: false when @text is no number up to @max.
 */
bool ctl_number(const char *text, unsigned long long max, unsigned long long *value);

#endif
