// SPDX-License-Identifier: GPL-2.0-only
/* nestor caps: the VMX capabilities of the processor, and what Linux sees of them */
#include <inttypes.h>
#include <stdio.h>
#include "decode/caps.h"
#include "commands.h"
#include "ctl.h"
#include "family.h"
#include "json.h"
#include "list.h"
#include "options.h"
#include "term.h"

static const char help[] =
	"Usage: nestor caps [--diff] [OPTION...]\n"
	"\n"
	"Shows the VMX capability MSRs as the processor has them and as Linux reads them.\n"
	"Needs root.\n"
	"\n"
	"  -d, --diff      only what differs, bit by bit, and why; nothing if nothing does\n"
	"  -b, --bits      what the bits say, by the names that the module parameter mask takes\n"
	"  -c, --cpu N     one CPU only\n"
	"  -v, --verbose   with --diff: say so if nothing differs\n"
	"  -j, --json      for programs\n"
	"  -h, --help      this text\n"
	"\n"
	"Exit status with --diff: 0 if nothing differs, 1 if something does, 2 for trouble.\n";

/* The exit status of --diff when something differs is that of diff(1). */
#define CAPS_DIFFER 1
#define CAPS_TROUBLE 2

/**
 * struct value - what a read of an MSR gives
 * @exists: it gives a value, and not a fault
 */
struct value {
	bool exists;
	uint64_t value;
};

/**
 * struct cpu_caps - the capability MSRs of one CPU
 * @nested: the module lets Linux use VMX
 * @processor: as root mode reads them
 * @l1: as Linux reads them
 * @mask: bits that the module was told to hide
 */
struct cpu_caps {
	uint32_t cpu;
	bool nested;
	struct value processor[NR_CAP_MSRS];
	struct value l1[NR_CAP_MSRS];
	uint64_t mask[NR_CAP_MSRS];
};

/* What the user asked for, beside what options.h has. */
struct wanted {
	bool diff;
	bool bits;
	bool verbose;
};

/* Reading */

static void read_value(struct value *value, const struct nlattr *attr)
{
	value->exists = attr;
	value->value = family_number(attr);
}

static void read_msr(struct cpu_caps *caps, struct nlattr *nest)
{
	struct nlattr *attrs[NESTOR_A_CAPS_MSR_MAX + 1];
	uint64_t i;

	family_nested(attrs, NESTOR_A_CAPS_MSR_MAX, nest);
	i = family_number(attrs[NESTOR_A_CAPS_MSR_NUMBER]) - FIRST_CAP_MSR;
	/* A later module may know more of them. */
	if (i >= NR_CAP_MSRS)
		return;
	read_value(&caps->processor[i], attrs[NESTOR_A_CAPS_MSR_PROCESSOR]);
	read_value(&caps->l1[i], attrs[NESTOR_A_CAPS_MSR_L1]);
	caps->mask[i] = family_number(attrs[NESTOR_A_CAPS_MSR_MASK]);
}

static void on_caps(struct nlattr **message, void *arg)
{
	struct nlattr *attrs[NESTOR_A_CAPS_MAX + 1], *attr;
	struct cpu_caps *caps;
	int rest;

	if (!message[NESTOR_A_CAPS])
		return;
	caps = list_add(arg, sizeof(*caps));
	family_nested(attrs, NESTOR_A_CAPS_MAX, message[NESTOR_A_CAPS]);
	caps->cpu = family_number(message[NESTOR_A_CPU]);
	caps->nested = family_number(attrs[NESTOR_A_CAPS_NESTED]);
	nla_for_each_nested(attr, message[NESTOR_A_CAPS], rest)
		if (nla_type(attr) == NESTOR_A_CAPS_MSR)
			read_msr(caps, attr);
}

/* Comparing */

static bool same(const struct value *a, const struct value *b)
{
	return a->exists == b->exists && (!a->exists || a->value == b->value);
}

static bool same_caps(const struct cpu_caps *a, const struct cpu_caps *b)
{
	int i;

	for (i = 0; i < NR_CAP_MSRS; i++)
		if (!same(&a->processor[i], &b->processor[i]) || !same(&a->l1[i], &b->l1[i]))
			return false;
	return true;
}

/* Tells why a bit, or with -1 the whole MSR, is not what the processor has. */
static const char *reason(const struct cpu_caps *caps, int msr, int bit)
{
	const struct cap_msr *what = cap_msr(FIRST_CAP_MSR + msr);
	const char *why;

	if (bit >= 0 && (caps->mask[msr] >> bit & 1)) {
		why = cap_hidden_reason(what->word, what->layout == CAP_CONTROLS ? bit % 32 : bit);
		if (!why)
			why = cap_implied_reason(FIRST_CAP_MSR + msr, bit);
		return why ? why : "hidden by the module parameter mask";
	}
	return caps->nested ? "for no reason that is known; please report" :
			      "the module was loaded with nested=0, which hides VMX";
}

/* Writes a bit of an MSR in words. */
static void bit_words(char *buffer, size_t size, const struct cap_msr *msr, int bit)
{
	bool controls = msr->layout == CAP_CONTROLS;
	const char *text = cap_bit_text(msr->word, controls ? bit % 32 : bit);
	const char *what = "";

	if (msr->layout == CAP_MUST_BE_1 || (controls && bit < 32))
		what = ", must be 1";
	else if (msr->layout != CAP_PLAIN)
		what = ", may be 1";
	snprintf(buffer, size, "%s%s", text ? text : "reserved or part of a number", what);
}

/* It is called with each difference; @bit -1 is the whole MSR. */
typedef void difference_fn(const struct cpu_caps *caps, int msr, int bit, void *arg);

static unsigned int each_difference(const struct cpu_caps *caps, difference_fn *tell, void *arg)
{
	unsigned int n = 0;
	int i, bit;

	for (i = 0; i < NR_CAP_MSRS; i++) {
		const struct value *processor = &caps->processor[i], *l1 = &caps->l1[i];

		if (same(processor, l1))
			continue;
		if (processor->exists != l1->exists) {
			n++;
			tell(caps, i, -1, arg);
			continue;
		}
		for (bit = 0; bit < 64; bit++) {
			if (!((processor->value ^ l1->value) >> bit & 1))
				continue;
			n++;
			tell(caps, i, bit, arg);
		}
	}
	return n;
}

/* Text */

static const char *value_text(const struct value *value, char *buffer, size_t size)
{
	if (!value->exists)
		return "-";
	snprintf(buffer, size, "0x%016" PRIx64, value->value);
	return buffer;
}

static void print_difference(const struct cpu_caps *caps, int i, int bit, void *arg)
{
	const struct cap_msr *msr = cap_msr(FIRST_CAP_MSR + i);
	char processor[24], l1[24], words[128];

	(void)arg;
	printf("cpu %u: 0x%x %s", caps->cpu, FIRST_CAP_MSR + i, msr->name);
	if (bit < 0) {
		printf(": processor %s, Linux %s",
		       value_text(&caps->processor[i], processor, sizeof(processor)),
		       value_text(&caps->l1[i], l1, sizeof(l1)));
	} else {
		bit_words(words, sizeof(words), msr, bit);
		printf(" bit %d (%s): processor %d, Linux %d", bit, words,
		       (int)(caps->processor[i].value >> bit & 1),
		       (int)(caps->l1[i].value >> bit & 1));
	}
	printf(": %s\n", reason(caps, i, bit));
}

static bool bit_set(const struct value *value, int bit)
{
	return value->exists && (value->value >> bit & 1);
}

/* Tells a capability in one word. */
static const char *bit_state(const struct cap_msr *msr, const struct value *value, int bit)
{
	if (!value->exists)
		return "-";
	switch (msr->layout) {
	case CAP_CONTROLS:
		if (!bit_set(value, bit + 32))
			return "0";
		return bit_set(value, bit) ? "1" : "0 or 1";
	case CAP_MUST_BE_1:
		return bit_set(value, bit) ? "1" : "0 or 1";
	case CAP_MAY_BE_1:
		return bit_set(value, bit) ? "0 or 1" : "0";
	default:
		return bit_set(value, bit) ? "yes" : "no";
	}
}

static void print_bits(const struct cpu_caps *caps, int i)
{
	const struct cap_msr *msr = cap_msr(FIRST_CAP_MSR + i);
	char key[CAP_KEY_SIZE];
	int bit, bits = msr->layout == CAP_CONTROLS ? 32 : 64;

	for (bit = 0; bit < bits; bit++) {
		if (cap_bit_key(msr->word, bit, key))
			printf("       %2d %-49s  %-18s  %s\n", bit, key,
			       bit_state(msr, &caps->processor[i], bit),
			       bit_state(msr, &caps->l1[i], bit));
	}
}

static void print_cpu(const struct wanted *wanted, const struct cpu_caps *caps)
{
	char processor[24], l1[24];
	int i;

	for (i = 0; i < NR_CAP_MSRS; i++) {
		if (!caps->processor[i].exists && !caps->l1[i].exists)
			continue;
		printf("0x%x  %-*s  %-18s  %s\n", FIRST_CAP_MSR + i, wanted->bits ? 52 : 28,
		       cap_msr(FIRST_CAP_MSR + i)->name,
		       value_text(&caps->processor[i], processor, sizeof(processor)),
		       value_text(&caps->l1[i], l1, sizeof(l1)));
		if (wanted->bits)
			print_bits(caps, i);
	}
}

/* CPUs are alike as a rule, so one that is like the one before is not told again. */
static void print_text(const struct wanted *wanted, const struct list *list)
{
	const struct cpu_caps *cpus = list->records;
	size_t i, end;

	for (i = 0; i < list->nr; i = end) {
		for (end = i + 1; end < list->nr; end++)
			if (!same_caps(&cpus[i], &cpus[end]))
				break;
		printf("%s%sMSR    %-*s  %-18s  %-18s", i ? "\n" : "", term_bold(),
		       wanted->bits ? 52 : 28, "NAME", "PROCESSOR", "LINUX READS");
		if (end - i == 1)
			printf("  cpu %u%s\n", cpus[i].cpu, term_plain());
		else
			printf("  cpus %u to %u%s\n", cpus[i].cpu, cpus[end - 1].cpu,
			       term_plain());
		print_cpu(wanted, &cpus[i]);
	}
}

/* JSON */

static void json_value(struct json *json, const char *key, const struct value *value)
{
	if (value->exists)
		json_address(json, key, value->value);
	else
		json_null(json, key);
}

static void json_difference(const struct cpu_caps *caps, int i, int bit, void *arg)
{
	const struct cap_msr *msr = cap_msr(FIRST_CAP_MSR + i);
	struct json *json = arg;
	char words[128];

	json_object(json, NULL);
	json_address(json, "msr", FIRST_CAP_MSR + i);
	json_string(json, "name", msr->name);
	if (bit < 0) {
		json_null(json, "bit");
	} else {
		bit_words(words, sizeof(words), msr, bit);
		json_number(json, "bit", bit);
		json_string(json, "text", words);
	}
	json_string(json, "reason", reason(caps, i, bit));
	json_object_end(json);
}

static unsigned int json_cpu(struct json *json, const struct wanted *wanted,
			     const struct cpu_caps *caps)
{
	unsigned int differences;
	int i;

	json_object(json, NULL);
	json_number(json, "cpu", caps->cpu);
	json_bool(json, "nested", caps->nested);
	if (!wanted->diff) {
		json_array(json, "msrs");
		for (i = 0; i < NR_CAP_MSRS; i++) {
			json_object(json, NULL);
			json_address(json, "msr", FIRST_CAP_MSR + i);
			json_string(json, "name", cap_msr(FIRST_CAP_MSR + i)->name);
			json_value(json, "processor", &caps->processor[i]);
			json_value(json, "linux", &caps->l1[i]);
			json_object_end(json);
		}
		json_array_end(json);
	}
	json_array(json, "differences");
	differences = each_difference(caps, json_difference, json);
	json_array_end(json);
	json_object_end(json);
	return differences;
}

static unsigned int print_json(const struct wanted *wanted, const struct list *list)
{
	const struct cpu_caps *cpus = list->records;
	struct json json = { .stream = stdout };
	unsigned int differences = 0;
	size_t i;

	json_object(&json, NULL);
	json_array(&json, "cpus");
	for (i = 0; i < list->nr; i++)
		differences += json_cpu(&json, wanted, &cpus[i]);
	json_array_end(&json);
	json_object_end(&json);
	json_end(&json);
	return differences;
}

static unsigned int print_diff(const struct wanted *wanted, const struct list *list)
{
	const struct cpu_caps *cpus = list->records;
	unsigned int differences = 0;
	size_t i;

	for (i = 0; i < list->nr; i++)
		differences += each_difference(&cpus[i], print_difference, NULL);
	if (!differences && wanted->verbose)
		printf("nothing differs on %zu CPU%s\n", list->nr, list->nr == 1 ? "" : "s");
	return differences;
}

/* Prints what is wanted of all CPUs. Return: how many differences there are. */
static unsigned int print_all(bool json, const struct wanted *wanted, const struct list *list)
{
	if (json)
		return print_json(wanted, list);
	if (wanted->diff)
		return print_diff(wanted, list);
	print_text(wanted, list);
	return 0;
}

static int ask(const struct options *options, struct list *list)
{
	const struct request request = {
		.command = NESTOR_CMD_CAPS,
		.dump = true,
		.has_cpu = options->has_cpu,
		.cpu = options->cpu,
	};
	struct family family;
	int ret = family_open(&family);

	if (ret)
		return ret;
	ret = family_ask(&family, &request, on_caps, list);
	family_close(&family);
	if (!ret && !list->nr)
		return ctl_error("no such CPU is online");
	return ret;
}

static int caps(const struct options *options, const struct wanted *wanted)
{
	struct list list = { };
	unsigned int differences = 0;
	int ret = ask(options, &list);

	if (!ret)
		differences = print_all(options->json, wanted, &list);
	list_free(&list);
	ret = ctl_finish(ret);
	if (!wanted->diff)
		return ret;
	return ret ? CAPS_TROUBLE : differences ? CAPS_DIFFER : CTL_OK;
}

static int take(struct options *options, int letter)
{
	struct wanted *wanted = options->arg;

	wanted->diff |= letter == 'd';
	wanted->bits |= letter == 'b';
	wanted->verbose |= letter == 'v';
	return CTL_OK;
}

int caps_main(int argc, char **argv)
{
	static const struct option own[] = {
		{ "diff",	no_argument,	NULL, 'd' },
		{ "bits",	no_argument,	NULL, 'b' },
		{ "verbose",	no_argument,	NULL, 'v' },
		{ }
	};
	struct wanted wanted = { };
	struct options options = {
		.help = help,
		.takes = OPTIONS_CPU | OPTIONS_JSON,
		.own = own,
		.take = take,
		.arg = &wanted,
	};
	int ret = options_parse(&options, argc, argv);

	return ret ? ret : caps(&options, &wanted);
}
