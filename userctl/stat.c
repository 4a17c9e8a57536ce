// SPDX-License-Identifier: GPL-2.0-only
/* nestor stat: what the hypervisors above did with VMX, in numbers */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "commands.h"
#include "ctl.h"
#include "options.h"
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
 * struct wanted - what the user asked for
 * @format: of the output
 * @cpu: one CPU, or -1
 * @interval: milliseconds between two outputs, 0 for one only
 * @count: how many outputs with @interval, 0 without end
 */
struct wanted {
	enum format format;
	long cpu;
	unsigned long long interval;
	unsigned long long count;
};

/* A repeated output remembers this of the one before. */
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

static void print_text(const struct wanted *wanted, const struct info *info,
		       const struct stats_set *set, const struct history *history)
{
	if (!wanted->interval) {
		stat_text(info, set);
		return;
	}
	fputs(term_clear(), stdout);
	/* The first output has nothing to compare with, so its rates are 0. */
	if (history->valid)
		stat_text_rates(info, set, &history->total, seconds_since(&history->time));
	else
		stat_text_rates(info, set, &set->total, 1);
}

static void print(const struct wanted *wanted, const struct info *info,
		  const struct stats_set *set, struct history *history)
{
	switch (wanted->format) {
	case TEXT:
		print_text(wanted, info, set, history);
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

static int print_once(struct family *family, const struct wanted *wanted,
		      struct history *history)
{
	struct stats_set set = { };
	struct info info;
	int ret = info_read(family, &info);

	if (!ret)
		ret = stats_read(family, wanted->cpu, &set);
	if (!ret)
		print(wanted, &info, &set, history);
	stats_free(&set);
	return ctl_finish(ret);
}

static void wait_interval(const struct wanted *wanted)
{
	struct timespec time = {
		.tv_sec = wanted->interval / 1000,
		.tv_nsec = wanted->interval % 1000 * 1000000,
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &time, &time) == EINTR)
		;
}

static int print_stats(const struct wanted *wanted)
{
	struct history history = { };
	struct family family;
	unsigned long long i;
	int ret = family_open(&family);

	if (ret)
		return ret;
	for (i = 1; ; i++) {
		ret = print_once(&family, wanted, &history);
		if (ret || !wanted->interval || i == wanted->count)
			break;
		wait_interval(wanted);
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
	/* The comparison is negated so that "nan" is refused too. */
	if (end == text || *end || !(seconds >= 0.001 && seconds <= 86400))
		return false;
	*interval = seconds * 1000;
	return true;
}

/* In `--watch 5` the optional argument is a word of its own, which getopt_long() does not take. */
static const char *optional_argument_of(const struct options *options)
{
	if (optarg || optind >= options->argc || *options->argv[optind] == '-')
		return optarg;
	return options->argv[optind++];
}

/* If several formats are asked for, the last counts. */
static int set_format(struct options *options, enum format format)
{
	struct wanted *wanted = options->arg;

	wanted->format = format;
	options->json = false;
	return CTL_OK;
}

static int set_interval(struct options *options)
{
	const char *text = optional_argument_of(options);
	struct wanted *wanted = options->arg;

	if (read_interval(text, &wanted->interval))
		return CTL_OK;
	return ctl_usage("stat", "no number of seconds: \"%s\"", text);
}

static int take(struct options *options, int letter)
{
	switch (letter) {
	case 's':
		return set_format(options, CSV);
	case 'p':
		return set_format(options, PROMETHEUS);
	default:
		return set_interval(options);
	}
}

int stat_main(int argc, char **argv)
{
	static const struct option own[] = {
		{ "watch",	optional_argument,	NULL, 'w' },
		{ "csv",	no_argument,		NULL, 's' },
		{ "prometheus",	no_argument,		NULL, 'p' },
		{ }
	};
	struct wanted wanted = { };
	struct options options = {
		.help = help,
		.takes = OPTIONS_CPU | OPTIONS_COUNT | OPTIONS_JSON,
		.own = own,
		.take = take,
		.arg = &wanted,
	};
	int ret = options_parse(&options, argc, argv);

	wanted.cpu = options.has_cpu ? (long)options.cpu : -1;
	wanted.count = options.count;
	if (options.json)
		wanted.format = JSON;
	return ret ? ret : print_stats(&wanted);
}
