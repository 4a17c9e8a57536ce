// SPDX-License-Identifier: GPL-2.0-only
/*
 * Results: the log of a program, with the memory it changed, kept in files beside the program's text.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "caps.h"
#include "changes.h"
#include "compile.h"
#include "describe.h"
#include "results.h"
#include "text.h"
#include "arch/vmx.h"

#define MAGIC	0x3166666964		/* "diff1" */

static void add_change(u64 offset, u64 value, void *data)
{
	struct result *result = data;

	result->records[result->nr++] =
		(struct lhv_log){ LHV_K_MEM + offset / 8, LHV_STEP_MEMORY, value };
}

static bool nmis_may_be_blocked = true;

static bool uses_virtual_nmis(const struct program *program)
{
	size_t i;

	for (i = 0; i < program->nr_lines; i++)
		if (strstr(program->lines[i], "PIN_BASED"))
			return true;
	return false;
}

/* What no program shall find as another, or Linux, has left it: put right by a program of few lines. */
struct remedy {
	const char *lines[10];
	struct lhv_step steps[LHV_MAX_STEPS];
	size_t nr;
};

static void run_remedy(struct remedy *remedy, unsigned int cpu)
{
	size_t i;

	if (!remedy->nr) {
		struct program program = { .name = strdup("remedy"), .source = strdup("") };

		for (i = 0; remedy->lines[i]; i++)
			program_add_line(&program, "%s", remedy->lines[i]);
		remedy->nr = compile_program(&program, remedy->steps);
		program_free(&program);
	}
	arena_run(remedy->steps, remedy->nr, cpu);
	changes_take(NULL, NULL);
}

/*
 * The emulator (2.7) keeps virtual-NMI blocking over exits, entries and VMXOFF, until the next IRET of a
 * guest that has the control.
 */
static struct remedy unblock_virtual_nmis = { .lines = {
	"enable", "vmclear vmcs9", "vmptrld vmcs9", "state long", "code iretq",
	"or PIN_BASED_VM_EXEC_CONTROL PIN_BASED_NMI_EXITING|PIN_BASED_VIRTUAL_NMIS", "vmlaunch",
} };

/* SSP is no MSR: where shadow stacks are off, nothing but a VM exit or entry loads it. */
static struct remedy clear_ssp = { .lines = {
	"enable", "vmclear vmcs9", "vmptrld vmcs9", "state long", "code cpuid",
	"or VM_EXIT_CONTROLS VM_EXIT_LOAD_CET_STATE", "set HOST_S_CET 0", "set HOST_SSP 0",
	"set HOST_INTR_SSP_TABLE 0", "vmlaunch",
} };

static bool ssp_may_be_set = true;

/* Its entries or exits may load SSP. */
static bool uses_cet(const struct program *program)
{
	size_t i;

	if (!(caps.exit1 & VM_EXIT_LOAD_CET_STATE))
		return false;
	for (i = 0; i < program->nr_lines; i++)
		if (strstr(program->lines[i], "VM_EXIT_CONTROLS") ||
		    strstr(program->lines[i], "VM_ENTRY_CONTROLS"))
			return true;
	return false;
}

void result_run(const struct program *program, unsigned int cpu, struct result *result)
{
	static struct lhv_step steps[LHV_MAX_STEPS];
	/* All words of all ranges that changes_take() looks at may change. */
	static struct lhv_log records[LHV_MAX_LOG + 0x20000];
	const struct lhv_log *log;
	size_t nr = compile_program(program, steps);

	if (nmis_may_be_blocked)
		run_remedy(&unblock_virtual_nmis, cpu);
	nmis_may_be_blocked = uses_virtual_nmis(program);
	if (ssp_may_be_set && (caps.exit1 & VM_EXIT_LOAD_CET_STATE))
		run_remedy(&clear_ssp, cpu);
	ssp_may_be_set = uses_cet(program);
	arena_run(steps, nr, cpu);
	log = arena_log(&nr);
	if (!nr || log[nr - 1].key != LHV_K_END)
		text_die("%s: the engine did not come to an end", program->name);
	result->program = program_copy(program);
	memcpy(records, log, nr * sizeof(*log));
	result->records = records;
	result->nr = nr;
	changes_take(add_change, result);
	result->records = malloc(result->nr * sizeof(*log));
	if (!result->records)
		text_die("no memory");
	memcpy(result->records, records, result->nr * sizeof(*log));
}

void result_free(struct result *result)
{
	program_free(&result->program);
	free(result->records);
	*result = (struct result){ 0 };
}

void result_print(const struct result *result, FILE *to)
{
	struct text text = { 0 };
	u32 step = ~0u;
	size_t i;

	for (i = 0; i < result->nr; i++) {
		if (result->records[i].step != step) {
			step = result->records[i].step;
			fprintf(to, "  step %d\n", (int)step);
		}
		text.len = 0;
		describe_record(&text, &result->records[i]);
		fprintf(to, "    %s\n", text.chars);
	}
	text_free(&text);
}

static void put(FILE *to, const void *bytes, size_t len)
{
	if (fwrite(bytes, 1, len, to) != len)
		text_die("cannot write results: %m");
}

static void put_string(FILE *to, const char *string)
{
	u64 len = strlen(string);

	put(to, &len, 8);
	put(to, string, len);
}

static bool get(FILE *from, void *bytes, size_t len)
{
	return fread(bytes, 1, len, from) == len;
}

static char *get_string(FILE *from)
{
	char *string;
	u64 len;

	if (!get(from, &len, 8) || len > 1 << 20)
		text_die("results: the file is damaged");
	string = calloc(1, len + 1);
	if (!string || !get(from, string, len))
		text_die("results: the file is damaged");
	return string;
}

void result_write(const struct result *result, FILE *to)
{
	u64 head[3] = { MAGIC, result->program.nr_lines, result->nr };
	size_t i;

	put(to, head, sizeof(head));
	put_string(to, result->program.name);
	put_string(to, result->program.source);
	for (i = 0; i < result->program.nr_lines; i++)
		put_string(to, result->program.lines[i]);
	put(to, result->records, result->nr * sizeof(*result->records));
}

bool result_read(struct result *result, FILE *from)
{
	u64 head[3], i;

	*result = (struct result){ 0 };
	if (!get(from, head, sizeof(head)))
		return false;
	if (head[0] != MAGIC)
		text_die("results: the file is damaged");
	result->program.name = get_string(from);
	result->program.source = get_string(from);
	for (i = 0; i < head[1]; i++)
		program_take_line(&result->program, get_string(from));
	result->records = malloc(head[2] * sizeof(*result->records) + 1);
	result->nr = head[2];
	if (!result->records || !get(from, result->records, head[2] * sizeof(*result->records)))
		text_die("results: the file is damaged");
	return true;
}
