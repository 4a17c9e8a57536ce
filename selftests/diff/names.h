/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of fields, exit reasons, errors, bits and registers, from the tables of nested/.
 */
#ifndef DIFF_NAMES_H
#define DIFF_NAMES_H

#include "arch/types.h"

struct constant {
	const char *name;
	u64 value;
};

struct vmcs_field {
	const char *name;
	u16 encoding;
};

/* Names are looked up a hundred times per program: a hash table, made for "nr" of them. */
struct names {
	struct name_slot { const char *name; const void *what; } *slots;
	size_t nr;			/* a power of two */
};

void names_make(struct names *names, size_t nr);
void names_add(struct names *names, const char *name, const void *what);
const void *names_find(const struct names *names, const char *name);

extern const struct vmcs_field names_fields[];
extern const size_t names_nr_fields;

/* NULL if there is no such field. */
const struct vmcs_field *names_field(const char *name);
const struct vmcs_field *names_field_at(u32 encoding);

/* The value of a bit or an MSR. */
bool names_constant(const char *name, u64 *value);

/* An exit reason, a VM-instruction error. */
const char *names_reason(u32 reason);
const char *names_error(u32 number);

extern const char *const names_gprs[16];

/* The number of a register, or -1. */
int names_gpr(const char *name);

#endif
