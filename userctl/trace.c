// SPDX-License-Identifier: GPL-2.0-only
/* nestor trace: what happens in VMX root operation, as it happens */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "decode/checks.h"
#include "commands.h"
#include "ctl.h"
#include "event.h"
#include "family.h"
#include "json.h"
#include "options.h"
#include "term.h"

static const char help[] =
	"Usage: nestor trace [OPTION...]\n"
	"\n"
	"Shows take-over and landing, VMX instructions that failed, VM entries that failed and the\n"
	"check that they failed, accesses to hidden memory, and faults of Nestor. Needs root. Ends\n"
	"with Ctrl-C.\n"
	"\n"
	"  -n, --count N   stop after N events\n"
	"  -j, --json      one JSON document a line\n"
	"  -h, --help      this text\n";

/* What the user asked for, and how many events there were. */
struct trace {
	bool json;
	unsigned long long count;
	unsigned long long seen;
};

static void print_text(const struct event *event)
{
	const char *name = event_name(event);

	printf("%20" PRIu64 "  cpu %3u  %s%-13s%s  ", event->tsc, event->cpu, term_bold(),
	       name ? name : "?", term_plain());
	event_print(event);
	putchar('\n');
}

static void json_check(struct json *json, uint64_t check)
{
	json_object(json, "check");
	json_number(json, "id", check);
	if (check_name(check)) {
		json_string(json, "name", check_name(check));
		json_string(json, "text", check_text(check));
		json_string(json, "section", check_section(check));
	}
	json_object_end(json);
}

static void print_json(const struct event *event)
{
	struct json json = { .stream = stdout };
	int i, check = event_check(event);

	json_object(&json, NULL);
	json_number(&json, "cpu", event->cpu);
	json_number(&json, "seq", event->seq);
	json_number(&json, "tsc", event->tsc);
	json_number(&json, "kind", event->kind);
	if (event_name(event))
		json_string(&json, "name", event_name(event));
	json_array(&json, "args");
	for (i = 0; i < EVENT_ARGS; i++)
		json_address(&json, NULL, event->arg[i]);
	json_array_end(&json);
	if (check >= 0)
		json_check(&json, event->arg[check]);
	json_object_end(&json);
	json_end(&json);
}

static void on_event(struct nlattr **attrs, void *arg)
{
	struct trace *trace = arg;
	struct event event;

	if (!attrs[NESTOR_A_EVENT])
		return;
	event_read(&event, attrs);
	if (trace->json)
		print_json(&event);
	else
		print_text(&event);
	if (ctl_finish(CTL_OK))
		exit(CTL_FAILED);
	if (++trace->seen == trace->count)
		exit(CTL_OK);
}

static int listen_to(struct trace *trace)
{
	struct family family;
	int ret = family_open(&family);

	if (ret)
		return ret;
	ret = family_listen(&family, on_event, trace);
	family_close(&family);
	return ret;
}

int trace_main(int argc, char **argv)
{
	struct options options = { .help = help, .takes = OPTIONS_COUNT | OPTIONS_JSON };
	int ret = options_parse(&options, argc, argv);
	struct trace trace = { .json = options.json, .count = options.count };

	return ret ? ret : listen_to(&trace);
}
