// SPDX-License-Identifier: GPL-2.0-only
/* nestor status: is Nestor in, on which CPUs, with how much memory */
#include <inttypes.h>
#include <stdio.h>
#include "commands.h"
#include "ctl.h"
#include "info.h"
#include "json.h"
#include "list.h"
#include "options.h"
#include "term.h"

static const char help[] =
	"Usage: nestor status [--json]\n"
	"\n"
	"  -j, --json   for programs\n"
	"  -h, --help   this text\n"
	"\n"
	"Addresses (VMXON pointer, current VMCS) are told to root only.\n";

/* This is known of one CPU; a pointer that was not told or is not there is all ones. */
struct cpu_state {
	uint32_t cpu;
	uint32_t slots;
	uint32_t slots_used;
	uint32_t pool_pages;
	uint32_t pool_free;
	bool active;
	bool l1_vmx;
	bool in_l2;
	uint64_t vmxon_ptr;
	uint64_t current_vmcs;
	uint64_t takeover_ticks;
	uint64_t landing_ticks;
};

static uint64_t pointer(const struct nlattr *attr)
{
	return attr ? family_number(attr) : UINT64_MAX;
}

static void read_state(struct cpu_state *cpu, struct nlattr *nest)
{
	struct nlattr *attrs[NESTOR_A_STATE_MAX + 1];

	family_nested(attrs, NESTOR_A_STATE_MAX, nest);
	cpu->active = family_number(attrs[NESTOR_A_STATE_ACTIVE]);
	cpu->l1_vmx = family_number(attrs[NESTOR_A_STATE_L1_VMX]);
	cpu->in_l2 = family_number(attrs[NESTOR_A_STATE_IN_L2]);
	cpu->vmxon_ptr = pointer(attrs[NESTOR_A_STATE_VMXON_PTR]);
	cpu->current_vmcs = pointer(attrs[NESTOR_A_STATE_CURRENT_VMCS]);
	cpu->slots = family_number(attrs[NESTOR_A_STATE_SLOTS]);
	cpu->slots_used = family_number(attrs[NESTOR_A_STATE_SLOTS_USED]);
	cpu->pool_pages = family_number(attrs[NESTOR_A_STATE_POOL_PAGES]);
	cpu->pool_free = family_number(attrs[NESTOR_A_STATE_POOL_FREE]);
	cpu->takeover_ticks = family_number(attrs[NESTOR_A_STATE_TAKEOVER_TICKS]);
	cpu->landing_ticks = family_number(attrs[NESTOR_A_STATE_LANDING_TICKS]);
}

static void on_cpu(struct nlattr **attrs, void *arg)
{
	struct cpu_state *cpu = list_add(arg, sizeof(*cpu));

	cpu->cpu = family_number(attrs[NESTOR_A_CPU]);
	read_state(cpu, attrs[NESTOR_A_STATE]);
}

static void json_pointer(struct json *json, const char *key, uint64_t value)
{
	if (value == UINT64_MAX)
		json_null(json, key);
	else
		json_address(json, key, value);
}

static void json_cpu(struct json *json, const struct cpu_state *cpu)
{
	json_object(json, NULL);
	json_number(json, "cpu", cpu->cpu);
	json_bool(json, "active", cpu->active);
	json_bool(json, "l1_vmx", cpu->l1_vmx);
	json_bool(json, "in_l2", cpu->in_l2);
	json_pointer(json, "vmxon_ptr", cpu->vmxon_ptr);
	json_pointer(json, "current_vmcs", cpu->current_vmcs);
	json_number(json, "slots", cpu->slots);
	json_number(json, "slots_used", cpu->slots_used);
	json_number(json, "pool_pages", cpu->pool_pages);
	json_number(json, "pool_free", cpu->pool_free);
	json_number(json, "takeover_ticks", cpu->takeover_ticks);
	json_number(json, "landing_ticks", cpu->landing_ticks);
	json_object_end(json);
}

static void print_json(const struct info *info, const struct list *list)
{
	const struct cpu_state *cpus = list->records;
	struct json json = { .stream = stdout };
	size_t i;

	json_object(&json, NULL);
	json_string(&json, "version", info->version);
	json_bool(&json, "enabled", info->enabled);
	json_number(&json, "memory_per_cpu", info->memory_per_cpu);
	json_number(&json, "memory_total", info->memory_total);
	json_array(&json, "cpus");
	for (i = 0; i < list->nr; i++)
		json_cpu(&json, &cpus[i]);
	json_array_end(&json);
	json_object_end(&json);
	json_end(&json);
}

static void print_summary(const struct info *info, const struct list *list)
{
	const struct cpu_state *cpus = list->records;
	size_t i, active = 0;

	for (i = 0; i < list->nr; i++)
		active += cpus[i].active;
	printf("nestor %s: %s%s%s on %zu of %zu CPUs\n", info->version,
	       info->enabled ? term_green() : term_yellow(),
	       info->enabled ? "enabled" : "disabled", term_plain(), active, list->nr);
	printf("memory: %" PRIu64 " KiB a CPU, %" PRIu64 " KiB in all\n",
	       info->memory_per_cpu / 1024, info->memory_total / 1024);
	if (strcmp(info->version, NESTOR_VERSION))
		printf("note: this program is %s, the module %s; install both from one release\n",
		       NESTOR_VERSION, info->version);
}

/* Tells how many layers there are on the CPU. */
static const char *level(const struct cpu_state *cpu)
{
	if (!cpu->active)
		return "bare";
	if (!cpu->l1_vmx)
		return "Linux";
	return cpu->in_l2 ? "guest" : "Linux+VMX";
}

static void print_cpu(const struct cpu_state *cpu)
{
	char pool[32], slots[32];

	snprintf(slots, sizeof(slots), "%u/%u", cpu->slots_used, cpu->slots);
	snprintf(pool, sizeof(pool), "%u/%u", cpu->pool_pages - cpu->pool_free, cpu->pool_pages);
	printf("%4u  %-9s  %9s  %11s  %15" PRIu64 "  %13" PRIu64 "  ", cpu->cpu, level(cpu), slots,
	       pool, cpu->takeover_ticks, cpu->landing_ticks);
	if (cpu->current_vmcs == UINT64_MAX)
		puts("-");
	else
		printf("0x%" PRIx64 "\n", cpu->current_vmcs);
}

static void print_text(const struct info *info, const struct list *list)
{
	const struct cpu_state *cpus = list->records;
	size_t i;

	print_summary(info, list);
	printf("\n%s CPU  RUNNING    VMCS SLOTS   POOL PAGES  TAKE-OVER TICKS  LANDING TICKS  CURRENT VMCS%s\n",
	       term_bold(), term_plain());
	for (i = 0; i < list->nr; i++)
		print_cpu(&cpus[i]);
}

static int ask(struct family *family, struct info *info, struct list *list)
{
	const struct request request = { .command = NESTOR_CMD_CPU, .dump = true };
	int ret = info_read(family, info);

	return ret ? ret : family_ask(family, &request, on_cpu, list);
}

static int status(bool want_json)
{
	struct list list = { };
	struct family family;
	struct info info;
	int ret = family_open(&family);

	if (ret)
		return ret;
	ret = ask(&family, &info, &list);
	family_close(&family);
	if (!ret && want_json)
		print_json(&info, &list);
	else if (!ret)
		print_text(&info, &list);
	list_free(&list);
	return ctl_finish(ret);
}

int status_main(int argc, char **argv)
{
	struct options options = { .help = help, .takes = OPTIONS_JSON };
	int ret = options_parse(&options, argc, argv);

	return ret ? ret : status(options.json);
}
