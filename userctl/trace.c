// SPDX-License-Identifier: GPL-2.0-only
/* nestor trace: what happens in VMX root operation, as it happens */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "arch/checks.h"
#include "decode/checks.h"
#include "arch/errors.h"
#include "decode/errors.h"
#include "arch/reasons.h"
#include "decode/reasons.h"
#include "commands.h"
#include "ctl.h"
#include "family.h"
#include "json.h"
#include "names.h"
#include "options.h"
#include "stats.h"
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

/**
 * struct event - one event
 * @seq: its position in the ring of its CPU
 * @tsc: when
 * @arg: what they mean depends on @kind
 * @cpu: where
 * @kind: enum nestor_event_kind
 */
struct event {
	uint64_t seq;
	uint64_t tsc;
	uint64_t arg[4];
	uint32_t cpu;
	uint32_t kind;
};

/* What the user asked for, and how many events there were. */
struct trace {
	bool json;
	unsigned long long count;
	unsigned long long seen;
};

/* Each kind of event has a name for programs and a sentence for people. */

static void print_cpu_event(const struct event *event)
{
	fputs(event->kind == NESTOR_EVENT_TAKEOVER ? "taken over" : "given back", stdout);
}

static void print_insn(const struct event *event)
{
	const char *error = vm_error_text(event->arg[2]);

	printf("%s %s", event->arg[0] < NESTOR_INSN_NR ? stats_insns[event->arg[0]] : "?",
	       event->arg[1] < STATS_RESULTS ? stats_results[event->arg[1]] : "?");
	if (event->arg[2])
		printf(", error %" PRIu64 " (%s)", event->arg[2], error ? error : "unknown");
	printf(", 0x%" PRIx64, event->arg[3]);
}

/* Which check a VM entry failed, and where the SDM has it. */
static void print_check(uint64_t check)
{
	const char *name = entry_check_name(check);

	if (name)
		printf(", check %" PRIu64 " %s: %s (SDM \"%s\")", check, name,
		       entry_check_text(check), entry_check_section(check));
	else
		printf(", check %" PRIu64 ", unknown to this release", check);
}

static void print_entry(const struct event *event)
{
	const char *text = exit_reason_text(event->arg[0]);

	printf("%s (reason 0x%" PRIx64 "), qualification 0x%" PRIx64 ", VMCS 0x%" PRIx64,
	       text ? text : "entry failed", event->arg[0], event->arg[1], event->arg[3]);
	print_check(event->arg[2]);
}

static void print_entry_refused(const struct event *event)
{
	const char *error = vm_error_text(event->arg[1]);

	printf("%s ", event->arg[0] < NESTOR_INSN_NR ? stats_insns[event->arg[0]] : "?");
	if (event->arg[1])
		printf("%s, error %" PRIu64 " (%s), VMCS 0x%" PRIx64,
		       stats_results[STATS_FAIL_VALID], event->arg[1], error ? error : "unknown",
		       event->arg[3]);
	else
		fputs(stats_results[STATS_FAIL_INVALID], stdout);
	print_check(event->arg[2]);
}

static void print_abort(const struct event *event)
{
	printf("VMX abort, indicator %" PRIu64 ", VMCS 0x%" PRIx64, event->arg[0], event->arg[1]);
}

static void print_blocked(const struct event *event)
{
	printf("%s hidden memory at 0x%" PRIx64 ", RIP 0x%" PRIx64,
	       event->arg[1] ? "write to" : "read of", event->arg[0], event->arg[2]);
}

static void print_fault(const struct event *event)
{
	printf("exception %" PRIu64 " in root mode, RIP 0x%" PRIx64 ", error code 0x%" PRIx64
	       ", CR2 0x%" PRIx64 "; please report", event->arg[0], event->arg[1], event->arg[2],
	       event->arg[3]);
}

static void print_bug(const struct event *event)
{
	printf("fault of Nestor 0x%" PRIx64 ", detail 0x%" PRIx64 " 0x%" PRIx64 "; please report",
	       event->arg[0], event->arg[1], event->arg[2]);
}

static void print_refused(const struct event *event)
{
	const char *error = vm_error_text(event->arg[0]);

	printf("the processor refused what Nestor let pass: error %" PRIu64 " (%s), VMCS 0x%" PRIx64
	       "; please report", event->arg[0], error ? error : "unknown", event->arg[1]);
}

/* @check: the third argument is a check of VM entries */
static const struct {
	const char *name;
	void (*print)(const struct event *event);
	bool check;
} kinds[] = {
	[NESTOR_EVENT_TAKEOVER]		= { "takeover", print_cpu_event },
	[NESTOR_EVENT_LANDING]		= { "landing", print_cpu_event },
	[NESTOR_EVENT_VMX_INSN]		= { "vmx_insn", print_insn },
	[NESTOR_EVENT_ENTRY_FAILED]	= { "entry_failed", print_entry, true },
	[NESTOR_EVENT_BLOCKED]		= { "blocked", print_blocked },
	[NESTOR_EVENT_ROOT_FAULT]	= { "root_fault", print_fault },
	[NESTOR_EVENT_BUG]		= { "bug", print_bug },
	[NESTOR_EVENT_HW_REFUSED]	= { "hw_refused", print_refused },
	[NESTOR_EVENT_ENTRY_REFUSED]	= { "entry_refused", print_entry_refused, true },
	[NESTOR_EVENT_VMX_ABORT]	= { "vmx_abort", print_abort },
};

/* A later module may know more kinds. */
static bool known(const struct event *event)
{
	return event->kind < sizeof(kinds) / sizeof(*kinds) && kinds[event->kind].print;
}

static void print_text(const struct event *event)
{
	printf("%20" PRIu64 "  cpu %3u  %s%-13s%s  ", event->tsc, event->cpu, term_bold(),
	       known(event) ? kinds[event->kind].name : "?", term_plain());
	if (known(event))
		kinds[event->kind].print(event);
	else
		printf("kind %u, unknown to this release", event->kind);
	putchar('\n');
}

static void json_check(struct json *json, uint64_t check)
{
	json_object(json, "check");
	json_number(json, "id", check);
	if (entry_check_name(check)) {
		json_string(json, "name", entry_check_name(check));
		json_string(json, "text", entry_check_text(check));
		json_string(json, "section", entry_check_section(check));
	}
	json_object_end(json);
}

static void print_json(const struct event *event)
{
	struct json json = { .stream = stdout };
	int i;

	json_object(&json, NULL);
	json_number(&json, "cpu", event->cpu);
	json_number(&json, "seq", event->seq);
	json_number(&json, "tsc", event->tsc);
	json_number(&json, "kind", event->kind);
	if (known(event))
		json_string(&json, "name", kinds[event->kind].name);
	json_array(&json, "args");
	for (i = 0; i < 4; i++)
		json_address(&json, NULL, event->arg[i]);
	json_array_end(&json);
	if (known(event) && kinds[event->kind].check)
		json_check(&json, event->arg[2]);
	json_object_end(&json);
	json_end(&json);
}

static void read_event(struct event *event, struct nlattr **message)
{
	struct nlattr *attrs[NESTOR_A_EVENT_MAX + 1];
	int i;

	family_nested(attrs, NESTOR_A_EVENT_MAX, message[NESTOR_A_EVENT]);
	event->cpu = family_number(message[NESTOR_A_CPU]);
	event->seq = family_number(attrs[NESTOR_A_EVENT_SEQ]);
	event->tsc = family_number(attrs[NESTOR_A_EVENT_TSC]);
	event->kind = family_number(attrs[NESTOR_A_EVENT_KIND]);
	for (i = 0; i < 4; i++)
		event->arg[i] = family_number(attrs[NESTOR_A_EVENT_ARG0 + i]);
}

static void on_event(struct nlattr **attrs, void *arg)
{
	struct trace *trace = arg;
	struct event event;

	if (!attrs[NESTOR_A_EVENT])
		return;
	read_event(&event, attrs);
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
