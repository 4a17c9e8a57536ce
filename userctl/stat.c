// SPDX-License-Identifier: GPL-2.0-only
/* nestor stat: what the hypervisors above did with VMX, in numbers */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "commands.h"
#include "ctl.h"
#include "stat.h"
#include "term.h"

static const char help[] =
	"Usage: nestor stat [OPTION...]\n"
	"\n"
	"  -c, --cpu N               one CPU only\n"
	"  -w, --watch[=SECONDS]     again and again, every 2 or SECONDS seconds, with rates\n"
	"  -n, --count N             stop after N times (with --watch)\n"
	"  -j, --json                one JSON document a line\n"
	"  -s, --csv                 time,cpu,counter,key,value\n"
	"  -p, --prometheus          Prometheus' text format\n"
	"  -h, --help                this text\n"
	"\n"
	"Counters count from the loading of the module; zeros are left out.\n";

enum format { TEXT, JSON, CSV, PROMETHEUS };

/**
 * struct options - what the user asked for
 * @format: of the output
 * @cpu: one CPU, or -1
 * @interval: milliseconds between two outputs, 0 for one only
 * @count: how many outputs with @interval, 0 without end
 */
struct options {
	enum format format;
	long cpu;
	unsigned long long interval;
	unsigned long long count;
};

/* What a repeated output remembers of the one before. */
struct history {
	struct stats total;
	struct timespec time;
	bool valid;
};

static double seconds_since(const struct timespec *before)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - before->tv_sec + (now.tv_nsec - before->tv_nsec) / 1e9;
}

static void print_text(const struct options *options, const struct info *info,
		       const struct stats_set *set, const struct history *history)
{
	if (!options->interval) {
		stat_text(info, set);
		return;
	}
	fputs(term_clear(), stdout);
	/* The first output has nothing to compare with: its rates are 0. */
	if (history->valid)
		stat_text_rates(info, set, &history->total, seconds_since(&history->time));
	else
		stat_text_rates(info, set, &set->total, 1);
}

static void print(const struct options *options, const struct info *info,
		  const struct stats_set *set, struct history *history)
{
	switch (options->format) {
	case TEXT:
		print_text(options, info, set, history);
		break;
	case JSON:
		stat_json(info, set);
		break;
	case CSV:
		stat_csv(set, !history->valid);
		break;
	case PROMETHEUS:
		stat_prometheus(info, set);
		break;
	}
	history->total = set->total;
	history->valid = true;
	clock_gettime(CLOCK_MONOTONIC, &history->time);
}

static int print_once(struct family *family, const struct options *options,
		      struct history *history)
{
	struct stats_set set = { };
	struct info info;
	int ret = info_read(family, &info);

	if (!ret)
		ret = stats_read(family, options->cpu, &set);
	if (!ret)
		print(options, &info, &set, history);
	stats_free(&set);
	return ctl_finish(ret);
}

static void wait_interval(const struct options *options)
{
	struct timespec time = {
		.tv_sec = options->interval / 1000,
		.tv_nsec = options->interval % 1000 * 1000000,
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &time, &time) == EINTR)
		;
}

static int print_stats(const struct options *options)
{
	struct history history = { };
	struct family family;
	unsigned long long i;
	int ret = family_open(&family);

	if (ret)
		return ret;
	for (i = 1; ; i++) {
		ret = print_once(&family, options, &history);
		if (ret || !options->interval || i == options->count)
			break;
		wait_interval(options);
	}
	family_close(&family);
	return ret;
}

static bool read_interval(const char *text, unsigned long long *interval)
{
	char *end;
	double seconds;

	if (!text)
		text = "2";
	seconds = strtod(text, &end);
	/* Written so that "nan" is refused too. */
	if (end == text || *end || !(seconds >= 0.001 && seconds <= 86400))
		return false;
	*interval = seconds * 1000;
	return true;
}

/* `--watch 5`: the argument of an optional one is its own word. */
static const char *optional_argument_of(int argc, char **argv)
{
	if (optarg || optind >= argc || *argv[optind] == '-')
		return optarg;
	return argv[optind++];
}

static int parse(int argc, char **argv, struct options *options)
{
	static const struct option known[] = {
		{ "cpu",	required_argument,	NULL, 'c' },
		{ "watch",	optional_argument,	NULL, 'w' },
		{ "count",	required_argument,	NULL, 'n' },
		{ "json",	no_argument,		NULL, 'j' },
		{ "csv",	no_argument,		NULL, 's' },
		{ "prometheus",	no_argument,		NULL, 'p' },
		{ "help",	no_argument,		NULL, 'h' },
		{ }
	};
	unsigned long long number;
	const char *text;
	int c;

	while ((c = getopt_long(argc, argv, "c:w::n:jsph", known, NULL)) != -1) {
		switch (c) {
		case 'c':
			if (!ctl_number(optarg, INT_MAX, &number))
				return ctl_usage("stat", "no CPU number: \"%s\"", optarg);
			options->cpu = number;
			break;
		case 'w':
			text = optional_argument_of(argc, argv);
			if (!read_interval(text, &options->interval))
				return ctl_usage("stat", "no number of seconds: \"%s\"", text);
			break;
		case 'n':
			if (!ctl_number(optarg, ULLONG_MAX, &options->count) || !options->count)
				return ctl_usage("stat", "no count: \"%s\"", optarg);
			break;
		case 'j':
			options->format = JSON;
			break;
		case 's':
			options->format = CSV;
			break;
		case 'p':
			options->format = PROMETHEUS;
			break;
		case 'h':
			exit(ctl_help(help));
		default:
			return ctl_usage("stat", NULL);
		}
	}
	if (optind < argc)
		return ctl_usage("stat", "does not take \"%s\"", argv[optind]);
	return CTL_OK;
}

int stat_main(int argc, char **argv)
{
	struct options options = { .cpu = -1 };
	int ret = parse(argc, argv, &options);

	return ret ? ret : print_stats(&options);
}
