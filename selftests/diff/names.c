// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of fields, exit reasons, errors and bits, from the tables of nested/.
 */
#define _GNU_SOURCE
#include <search.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "arch.h"
#include "diff.h"

const struct vmcs_field vmcs_fields[] = {
#define FIELD(name, encoding, cond, text) { #name, encoding },
#include "fields.def"
#undef FIELD
};

const size_t nr_vmcs_fields = ARRAY_LEN(vmcs_fields);

static const struct constant reasons[] = {
#define EXIT_REASON(name, number, text) { #name, number },
#include "reasons.def"
#undef EXIT_REASON
};

static const struct constant errors[] = {
#define VM_ERROR(name, number, text) { text, number },
#include "errors.def"
#undef VM_ERROR
};

/* consts.inc is made of arch.h: CONSTANT(name) for each #define of a bit or an MSR. */
static const struct constant constants[] = {
#define CONSTANT(name) { #name, name },
#include "consts.inc"
#undef CONSTANT
};

const char *const gpr_names[16] = {
	"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
	"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
};

static const char *const key_names[] = {
	"OUTCOME", "RIP", "RFLAGS", "VECTOR", "ERROR", "CR2", "DR6", "DR7", "CS", "SS", "DS", "ES", "FS",
	"GS", "LDTR", "TR", "GDTR_BASE", "GDTR_LIMIT", "IDTR_BASE", "IDTR_LIMIT", "CR0", "CR3", "CR4",
	"CR8", "RSP", "NMIS", "INTERRUPTS", "NO_FIELD", "WRITE_FAILED", "PEEK", "CPUID_AB", "CPUID_CD",
	"WATCHDOG", "PROGRAM", "END",
};

_Static_assert(ARRAY_LEN(key_names) == LHV_K_END - LHV_K_OUTCOME + 1, "a name per key");

/* Names are looked up a hundred times per program: once all are in a hash table. */
static void add_name(struct hsearch_data *table, const char *name, const void *what)
{
	ENTRY entry = { .key = (char *)name, .data = (void *)what }, *found;

	if (!hsearch_r(entry, ENTER, &found, table))
		die("no memory");
}

static const void *find_name(struct hsearch_data *table, const char *name)
{
	ENTRY entry = { .key = (char *)name }, *found;

	return hsearch_r(entry, FIND, &found, table) ? found->data : NULL;
}

static void make_table(struct hsearch_data *table, size_t nr)
{
	if (!hcreate_r(nr * 2, table))
		die("no memory");
}

const struct vmcs_field *field_by_name(const char *name)
{
	static struct hsearch_data table;
	size_t i;

	if (!table.table) {
		make_table(&table, nr_vmcs_fields);
		for (i = 0; i < nr_vmcs_fields; i++)
			add_name(&table, vmcs_fields[i].name, &vmcs_fields[i]);
	}
	return find_name(&table, name);
}

const struct vmcs_field *field_by_encoding(u32 encoding)
{
	size_t i;

	for (i = 0; i < nr_vmcs_fields; i++)
		if (vmcs_fields[i].encoding == encoding)
			return &vmcs_fields[i];
	return NULL;
}

bool constant_by_name(const char *name, u64 *value)
{
	static struct hsearch_data table;
	const struct constant *constant;
	size_t i;

	if (!table.table) {
		make_table(&table, ARRAY_LEN(constants));
		for (i = 0; i < ARRAY_LEN(constants); i++)
			add_name(&table, constants[i].name, &constants[i]);
	}
	constant = find_name(&table, name);
	if (constant)
		*value = constant->value;
	return constant;
}

static const char *name_of(const struct constant *table, size_t nr, u64 value)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (table[i].value == value)
			return table[i].name;
	return "unknown";
}

const char *reason_name(u32 reason)
{
	return name_of(reasons, ARRAY_LEN(reasons), reason & 0xffff);
}

const char *error_name(u32 number)
{
	return name_of(errors, ARRAY_LEN(errors), number);
}

int gpr_by_name(const char *name)
{
	int i;

	for (i = 0; i < 16; i++)
		if (!strcmp(gpr_names[i], name))
			return i;
	return -1;
}

static void describe_field(struct text *text, u32 encoding, u64 value)
{
	const struct vmcs_field *field = field_by_encoding(encoding);

	if (field)
		text_add(text, "%s=%#llx", field->name, (unsigned long long)value);
	else
		text_add(text, "FIELD_%04x=%#llx", encoding, (unsigned long long)value);
	if (encoding == 0x4402)
		text_add(text, " (%s)", reason_name(value));
	if (encoding == 0x4400)
		text_add(text, " (%s)", error_name(value));
}

void describe_record(struct text *text, const struct lhv_log *record)
{
	static const char *const outcomes[] = { "?", "ran through", "fault", "VM exit" };
	u32 key = record->key;
	unsigned long long value = record->value;

	if (key >= LHV_K_OUTCOME && key <= LHV_K_END)
		text_add(text, "%s=%#llx", key_names[key - LHV_K_OUTCOME], value);
	else if (key >= LHV_K_MEM)
		text_add(text, "MEM_%06x=%#llx", (key - LHV_K_MEM) * 8, value);
	else if (key >= LHV_K_MSR_HI)
		text_add(text, "MSR_C000%04x=%#llx", key - LHV_K_MSR_HI, value);
	else if (key >= LHV_K_MSR_LO)
		text_add(text, "MSR_%x=%#llx", key - LHV_K_MSR_LO, value);
	else if (key >= LHV_K_FIELD)
		describe_field(text, key - LHV_K_FIELD, value);
	else
		text_add(text, "%s=%#llx", gpr_names[key & 15], value);
	if (key == LHV_K_OUTCOME && value < ARRAY_LEN(outcomes))
		text_add(text, " (%s)", outcomes[value]);
}
