// SPDX-License-Identifier: GPL-2.0-only
/* nestor vmcs: the VMCSs of the hypervisors above */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "commands.h"
#include "ctl.h"
#include "json.h"
#include "list.h"
#include "names.h"
#include "options.h"
#include "stats.h"
#include "term.h"

static const char help[] =
	"Usage: nestor vmcs [list] [OPTION...]\n"
	"       nestor vmcs show ADDRESS [OPTION...]\n"
	"\n"
	"list shows the VMCSs that Nestor keeps track of, show one of them with its exits.\n"
	"ADDRESS is the physical address that list shows. Needs root.\n"
	"\n"
	"  -c, --cpu N   what one CPU knows only\n"
	"  -j, --json    for programs\n"
	"  -h, --help    this text\n";

/**
 * struct vmcs - a VMCS as one CPU knows it
 * @slot: -1 if it lives in memory only
 * @total: the sum of @exits
 */
struct vmcs {
	uint32_t cpu;
	uint32_t flags;
	int64_t slot;
	uint64_t address;
	uint64_t entries;
	uint64_t total;
	uint64_t exits[STATS_REASONS];
};

static const struct {
	uint32_t flag;
	const char *name;
} flag_names[] = {
	{ NESTOR_VMCS_ACTIVE,	"active" },
	{ NESTOR_VMCS_CURRENT,	"current" },
	{ NESTOR_VMCS_LAUNCHED,	"launched" },
	{ NESTOR_VMCS_SHADOW,	"shadow" },
};

#define NR_FLAGS (sizeof(flag_names) / sizeof(*flag_names))

static void read_vmcs(struct vmcs *vmcs, struct nlattr *nest)
{
	struct nlattr *attrs[NESTOR_A_VMCS_MAX + 1];
	size_t i;

	family_nested(attrs, NESTOR_A_VMCS_MAX, nest);
	vmcs->address = family_number(attrs[NESTOR_A_VMCS_ADDRESS]);
	vmcs->flags = family_number(attrs[NESTOR_A_VMCS_FLAGS]);
	vmcs->slot = attrs[NESTOR_A_VMCS_SLOT] ? (int64_t)family_number(attrs[NESTOR_A_VMCS_SLOT]) :
						 -1;
	vmcs->entries = family_number(attrs[NESTOR_A_VMCS_ENTRIES]);
	stats_read_counts(vmcs->exits, STATS_REASONS, nest, NESTOR_A_VMCS_EXIT);
	for (i = 0; i < STATS_REASONS; i++)
		vmcs->total += vmcs->exits[i];
}

static void on_vmcs(struct nlattr **attrs, void *arg)
{
	struct vmcs *vmcs;

	if (!attrs[NESTOR_A_VMCS])
		return;
	vmcs = list_add(arg, sizeof(*vmcs));
	vmcs->cpu = family_number(attrs[NESTOR_A_CPU]);
	read_vmcs(vmcs, attrs[NESTOR_A_VMCS]);
}

/* Tells its state in words, with blanks between them. */
static const char *state_words(const struct vmcs *vmcs, char *buffer, size_t size)
{
	size_t i, used = 0;

	buffer[0] = '\0';
	for (i = 0; i < NR_FLAGS; i++)
		if (vmcs->flags & flag_names[i].flag)
			used += snprintf(buffer + used, size - used, "%s%s", used ? " " : "",
					 flag_names[i].name);
	if (!(vmcs->flags & NESTOR_VMCS_LAUNCHED))
		snprintf(buffer + used, size - used, "%sclear", used ? " " : "");
	return buffer;
}

static void print_row(const struct vmcs *vmcs)
{
	char state[64], slot[24] = "-";

	if (vmcs->slot >= 0)
		snprintf(slot, sizeof(slot), "%" PRId64, vmcs->slot);
	printf("0x%016" PRIx64 "  %4u  %-30s  %4s  %14" PRIu64 "  %14" PRIu64 "\n", vmcs->address,
	       vmcs->cpu, state_words(vmcs, state, sizeof(state)), slot, vmcs->entries,
	       vmcs->total);
}

static void print_heads(void)
{
	printf("%sADDRESS              CPU  STATE                           SLOT         ENTRIES           EXITS%s\n",
	       term_bold(), term_plain());
}

/* The exits of one VMCS have the names that those of all VMCSs together have. */
static const struct stats_table *const exits_table = &stats_tables[STATS_L2_REFLECTED];

/* compare_exits() puts the most frequent of these exits first. */
static const uint64_t *sort_exits;

static int compare_exits(const void *a, const void *b)
{
	uint64_t left = sort_exits[*(const unsigned int *)a];
	uint64_t right = sort_exits[*(const unsigned int *)b];

	return left == right ? 0 : left < right ? 1 : -1;
}

static void print_exits(const struct vmcs *vmcs)
{
	unsigned int reasons[STATS_REASONS], i;
	char words[NAME_SIZE];

	for (i = 0; i < STATS_REASONS; i++)
		reasons[i] = i;
	sort_exits = vmcs->exits;
	qsort(reasons, STATS_REASONS, sizeof(*reasons), compare_exits);
	for (i = 0; i < STATS_REASONS && vmcs->exits[reasons[i]]; i++) {
		stats_words(exits_table, reasons[i], words);
		printf("    %-50s %14" PRIu64 "  %5.1f%%\n", words, vmcs->exits[reasons[i]],
		       100.0 * vmcs->exits[reasons[i]] / vmcs->total);
	}
}

static void print_text(const struct list *list, bool with_exits)
{
	const struct vmcs *vmcss = list->records;
	size_t i;

	print_heads();
	for (i = 0; i < list->nr; i++) {
		print_row(&vmcss[i]);
		if (with_exits)
			print_exits(&vmcss[i]);
	}
}

static void json_exits(struct json *json, const struct vmcs *vmcs)
{
	char key[NAME_SIZE];
	unsigned int i;

	json_object(json, "exits");
	for (i = 0; i < STATS_REASONS; i++) {
		if (!vmcs->exits[i])
			continue;
		stats_key(exits_table, i, key);
		json_number(json, key, vmcs->exits[i]);
	}
	json_object_end(json);
}

static void json_vmcs(struct json *json, const struct vmcs *vmcs)
{
	size_t i;

	json_object(json, NULL);
	json_address(json, "address", vmcs->address);
	json_number(json, "cpu", vmcs->cpu);
	for (i = 0; i < NR_FLAGS; i++)
		json_bool(json, flag_names[i].name, vmcs->flags & flag_names[i].flag);
	if (vmcs->slot >= 0)
		json_number(json, "slot", vmcs->slot);
	else
		json_null(json, "slot");
	json_number(json, "entries", vmcs->entries);
	json_exits(json, vmcs);
	json_object_end(json);
}

static void print_json(const struct list *list)
{
	const struct vmcs *vmcss = list->records;
	struct json json = { .stream = stdout };
	size_t i;

	json_object(&json, NULL);
	json_array(&json, "vmcs");
	for (i = 0; i < list->nr; i++)
		json_vmcs(&json, &vmcss[i]);
	json_array_end(&json);
	json_object_end(&json);
	json_end(&json);
}

static int ask(const struct request *request, struct list *list)
{
	struct family family;
	int ret = family_open(&family);

	if (ret)
		return ret;
	ret = family_ask(&family, request, on_vmcs, list);
	family_close(&family);
	if (!ret && request->has_address && !list->nr)
		return ctl_error("no VMCS at 0x%" PRIx64 " is known; try: nestor vmcs list",
				 request->address);
	return ret;
}

static int vmcs(const struct request *request, bool want_json)
{
	struct list list = { };
	int ret = ask(request, &list);

	if (!ret && want_json)
		print_json(&list);
	else if (!ret)
		print_text(&list, request->has_address);
	list_free(&list);
	return ctl_finish(ret);
}

/* The words are "list", which is the default, or "show ADDRESS". */
static int parse_words(int argc, char **argv, struct request *request)
{
	unsigned long long address;

	if (optind == argc || (!strcmp(argv[optind], "list") && optind + 1 == argc))
		return CTL_OK;
	if (strcmp(argv[optind], "show"))
		return ctl_usage("vmcs", "does not take \"%s\"",
				 argv[strcmp(argv[optind], "list") ? optind : optind + 1]);
	if (optind + 2 != argc)
		return ctl_usage("vmcs", "show takes one address");
	if (!ctl_number(argv[optind + 1], ULLONG_MAX - 1, &address))
		return ctl_usage("vmcs", "no address: \"%s\"", argv[optind + 1]);
	request->has_address = true;
	request->address = address;
	return CTL_OK;
}

int vmcs_main(int argc, char **argv)
{
	struct options options = {
		.help = help,
		.takes = OPTIONS_CPU | OPTIONS_JSON | OPTIONS_WORDS,
	};
	struct request request = { .command = NESTOR_CMD_VMCS, .dump = true };
	int ret = options_parse(&options, argc, argv);

	if (!ret)
		ret = parse_words(argc, argv, &request);
	request.has_cpu = options.has_cpu;
	request.cpu = options.cpu;
	return ret ? ret : vmcs(&request, options.json);
}
