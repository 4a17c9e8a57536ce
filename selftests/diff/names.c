// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of fields, exit reasons, errors and bits, from the tables of nested/.
 */
#include <stdlib.h>
#include <string.h>

#include "arch/msr.h"
#include "arch/vmx.h"
#include "arch/x86.h"
#include "names.h"
#include "text.h"

const struct vmcs_field names_fields[] = {
#define FIELD(name, encoding, cond, home, change, text) { #name, encoding },
#include "arch/fields.def"
#undef FIELD
};

const size_t names_nr_fields = ARRAY_SIZE(names_fields);

static const struct constant reasons[] = {
#define EXIT_REASON(name, number, text) { #name, number },
#include "arch/reasons.def"
#undef EXIT_REASON
};

static const struct constant errors[] = {
#define VM_ERROR(name, number, text) { text, number },
#include "arch/errors.def"
#undef VM_ERROR
};

/* consts.inc is made of the headers of nested/arch: CONSTANT(name) for each #define of a bit or an MSR. */
static const struct constant constants[] = {
#define CONSTANT(name) { #name, name },
#include "consts.inc"
#undef CONSTANT
};

const char *const names_gprs[16] = {
	"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
	"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
};

static size_t hash(const char *name)
{
	size_t hash = 5381;

	while (*name)
		hash = hash * 33 + (u8)*name++;
	return hash ^ hash >> 7;
}

void names_make(struct names *names, size_t nr)
{
	for (names->nr = 4; names->nr < nr * 2; names->nr *= 2)
		;
	names->slots = calloc(names->nr, sizeof(*names->slots));
	if (!names->slots)
		text_die("no memory");
}

/* Where the name is, or would be. */
static struct name_slot *slot_of(const struct names *names, const char *name)
{
	size_t at = hash(name);

	while (names->slots[at & (names->nr - 1)].name &&
	       strcmp(names->slots[at & (names->nr - 1)].name, name))
		at++;
	return &names->slots[at & (names->nr - 1)];
}

void names_add(struct names *names, const char *name, const void *what)
{
	struct name_slot *slot = slot_of(names, name);

	/* The first of two that have the same name counts. */
	if (!slot->name)
		*slot = (struct name_slot){ name, what };
}

const void *names_find(const struct names *names, const char *name)
{
	return slot_of(names, name)->what;
}

const struct vmcs_field *names_field(const char *name)
{
	static struct names table;
	size_t i;

	if (!table.slots) {
		names_make(&table, names_nr_fields);
		for (i = 0; i < names_nr_fields; i++)
			names_add(&table, names_fields[i].name, &names_fields[i]);
	}
	return names_find(&table, name);
}

const struct vmcs_field *names_field_at(u32 encoding)
{
	size_t i;

	for (i = 0; i < names_nr_fields; i++)
		if (names_fields[i].encoding == encoding)
			return &names_fields[i];
	return NULL;
}

bool names_constant(const char *name, u64 *value)
{
	static struct names table;
	const struct constant *constant;
	size_t i;

	if (!table.slots) {
		names_make(&table, ARRAY_SIZE(constants));
		for (i = 0; i < ARRAY_SIZE(constants); i++)
			names_add(&table, constants[i].name, &constants[i]);
	}
	constant = names_find(&table, name);
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

const char *names_reason(u32 reason)
{
	return name_of(reasons, ARRAY_SIZE(reasons), reason & 0xffff);
}

const char *names_error(u32 number)
{
	return name_of(errors, ARRAY_SIZE(errors), number);
}

int names_gpr(const char *name)
{
	int i;

	for (i = 0; i < 16; i++)
		if (!strcmp(names_gprs[i], name))
			return i;
	return -1;
}
