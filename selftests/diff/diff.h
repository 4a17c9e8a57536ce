/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diff: VMX programs from text to results. A file per subject; this is what they share.
 */
#ifndef DIFF_H
#define DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lhv.h"
#include "text.h"
#include "arch/types.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* names.c: the tables of nested/ */

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
void name_add(struct names *names, const char *name, const void *what);
const void *name_find(const struct names *names, const char *name);

extern const struct vmcs_field vmcs_fields[];
extern const size_t nr_vmcs_fields;

const struct vmcs_field *field_by_name(const char *name);
const struct vmcs_field *field_by_encoding(u32 encoding);
bool constant_by_name(const char *name, u64 *value);
const char *reason_name(u32 reason);
const char *error_name(u32 number);
extern const char *const gpr_names[16];
int gpr_by_name(const char *name);
/* The name of a log's key, and its value in words where that helps. */
void describe_record(struct text *text, const struct lhv_log *record);

/* arena.c: the memory that programs run in */

extern u8 *image;			/* as a program finds it */
extern u64 arena_pa;

/* Without a device only text is made of programs: addresses are those of an arena at 1 GiB. */
void arena_open(bool device);
struct lhv_header *arena_header(void);
bool place_by_name(const char *name, u64 *value);
u64 arena_offset(u64 pa);		/* dies if it is not inside */
bool in_arena(u64 pa);
void arena_run(const struct lhv_step *steps, size_t nr, unsigned int cpu);
const struct lhv_log *arena_log(size_t *nr);
/* Call @changed (if any) for each word of memory that the last program changed, and put it back. */
void arena_changes(void (*changed)(u64 offset, u64 value, void *data), void *data);

/* vmxcaps.c: what the processor can do, read by a program */

struct vmx_caps {
	u64 basic, misc, ept_vpid, cr0_fixed0, cr0_fixed1, cr4_fixed0, cr4_fixed1, vmfunc;
	u32 pin0, pin1, cpu0, cpu1, exit0, exit1, entry0, entry1, cpu2_1;
	u64 cr0, cr4, efer, pat;
};

extern struct vmx_caps caps;
extern u16 live_fields[256];		/* that can be read on this processor */
extern size_t nr_live_fields;
extern bool field_is_live[0x8000];	/* the same by encoding */

void caps_read(void);

/* program.c: the language */

struct program {
	char *name;
	char *source;			/* file and line, for people */
	char **lines;
	size_t nr_lines;
};

struct programs {
	struct program *list;
	size_t nr;
};

void program_add_line(struct program *program, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void program_take_line(struct program *program, char *line);	/* from malloc() */
void program_free(struct program *program);
struct program program_copy(const struct program *program);
void programs_read(struct programs *programs, const char *path);
void programs_append(struct programs *programs, struct program program);
void program_print(const struct program *program, FILE *to);

/* compile.c: Compile to "steps" (LHV_MAX_STEPS); returns their number. Dies on an error in the program. */
size_t program_compile(const struct program *program, struct lhv_step *steps);

/* snippets.S */

struct snippet {
	const char *name;
	u32 mode;			/* 16, 32, 64 */
	u32 len;
	const u8 *code;
};

extern const struct snippet snippets[], snippets_end[];

/* state.c: VMCSs that can be entered */

typedef void (*set_field_fn)(const char *field, u64 value);

void state_write(const char *mode, char **options, set_field_fn set);
bool state_paging(const char *mode);
int state_code_mode(const char *mode);	/* 16, 32 or 64 */
extern const char *const state_modes[];	/* ends with NULL */

/* gen.c: random programs */
struct program generate(u64 seed, u64 number);

/* results.c: files of results */

struct result {
	struct program program;
	struct lhv_log *records;
	size_t nr;
};

void result_run(const struct program *program, unsigned int cpu, struct result *result);
void result_free(struct result *result);
void result_print(const struct result *result, FILE *to);
void result_write(const struct result *result, FILE *to);
bool result_read(struct result *result, FILE *from);

/* compare.c */

void rules_read(const char *path);
void known_read(const char *path);

struct difference {
	u32 step;
	u32 nr;				/* of records that differ */
	struct text what;
	const char *known;		/* why it is, if it is a known one */
};

/* False if the results are the same, as far as the SDM defines them. */
bool compare(const struct result *a, const struct result *b, struct difference *difference);

/* shrink.c */
void shrink(const struct program *program);

#endif /* DIFF_H */
