// SPDX-License-Identifier: GPL-2.0-only
/* nestor decode: exit information in words; it needs neither the module nor VMX */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "arch/vmx.h"
#include "decode/caps.h"
#include "arch/checks.h"
#include "decode/checks.h"
#include "decode/describe.h"
#include "arch/errors.h"
#include "decode/errors.h"
#include "arch/fields.h"
#include "decode/fields.h"
#include "arch/insninfo.h"
#include "arch/reasons.h"
#include "decode/reasons.h"
#include "commands.h"
#include "ctl.h"
#include "json.h"
#include "names.h"
#include "options.h"
#include "qualification.h"

static const char help[] =
	"Usage: nestor decode reason VALUE\n"
	"       nestor decode error VALUE\n"
	"       nestor decode field VALUE\n"
	"       nestor decode check VALUE\n"
	"       nestor decode pin|proc|proc2|proc3|exit|exit2|entry VALUE\n"
	"       nestor decode insn VALUE [--reason REASON] [--qualification VALUE]\n"
	"       nestor decode qualification VALUE --reason REASON\n"
	"\n"
	"  reason          an exit-reason field: basic reason and the bits above it\n"
	"  error           a VM-instruction error number\n"
	"  field           the encoding of a VMCS field\n"
	"  check           what a VM entry was refused for, as trace and stat tell it: number or name\n"
	"  pin ..          a control field: pin-based, primary to tertiary processor-based, VM-exit and\n"
	"                  secondary VM-exit, VM-entry controls\n"
	"  insn            a VM-exit instruction-information field\n"
	"  qualification   an exit qualification\n"
	"\n"
	"  -r, --reason REASON          exit reason, by number or name; for insn the default is vmread\n"
	"  -q, --qualification VALUE    for insn: the exit qualification, which is the displacement\n"
	"  -j, --json                   for programs\n"
	"  -h, --help                   this text\n"
	"\n"
	"Values are decimal, or hexadecimal with 0x; a displacement may be negative.\n"
	"Example: nestor decode insn 0x62e148ac --reason vmread --qualification -0x18\n";

/**
 * struct question - what the user wants to know
 * @value: the value to decode
 * @word: which control field it is, if it is one
 * @reason: exit reason, if @has_reason
 * @qualification: exit qualification, if @has_qualification
 */
struct question {
	uint64_t value;
	enum cap_word word;
	uint32_t reason;
	uint64_t qualification;
	bool has_reason;
	bool has_qualification;
	bool json;
};

/* A decoder writes its answer as lines of "name = value" to @out. */
typedef int decoder(FILE *out, const struct question *question);

static void put_reason(FILE *out, uint32_t reason)
{
	char key[NAME_SIZE];

	name_reason_key(key, reason);
	fprintf(out, "reason = %u\nname = %s\n", reason & VMX_EXIT_REASON_BASIC_MASK, key);
}

static int decode_reason(FILE *out, const struct question *question)
{
	static const struct {
		uint32_t bit;
		const char *meaning;
	} bits[] = {
		{ VMX_EXIT_REASON_SHADOW_STACK_BUSY, "prematurely busy shadow stack" },
		{ VMX_EXIT_REASON_BUS_LOCK, "bus lock" },
		{ VMX_EXIT_REASON_ENCLAVE_MODE, "enclave mode" },
		{ VMX_EXIT_REASON_PENDING_MTF, "pending MTF VM exit" },
		{ VMX_EXIT_REASON_FROM_VMX_ROOT, "exit from VMX root operation" },
		{ VMX_EXIT_REASON_FAILED_VMENTRY, "VM-entry failure" },
	};
	const char *text = reason_text(question->value);
	size_t i;

	if (!text)
		return ctl_error("exit reason %u is not defined",
				 (uint32_t)question->value & VMX_EXIT_REASON_BASIC_MASK);
	put_reason(out, question->value);
	fprintf(out, "text = %s\n", text);
	for (i = 0; i < ARRAY_SIZE(bits); i++)
		if (question->value & bits[i].bit)
			fprintf(out, "bit %d = %s\n", __builtin_ctz(bits[i].bit), bits[i].meaning);
	return CTL_OK;
}

static int decode_error(FILE *out, const struct question *question)
{
	const char *text = error_text(question->value);

	if (!text)
		return ctl_error("VM-instruction error %" PRIu64 " is not defined",
				 question->value);
	fprintf(out, "error = %" PRIu64 "\ntext = %s\n", question->value, text);
	return CTL_OK;
}

static int decode_field(FILE *out, const struct question *question)
{
	static const char *const types[] = { "control", "read-only data", "guest state",
					     "host state" };
	static const char *const widths[] = { "16 bits", "64 bits", "32 bits", "natural width" };
	int index = field_index(question->value);

	if (index < 0)
		return ctl_error("no VMCS field has the encoding 0x%" PRIx64, question->value);
	fprintf(out,
		"field = 0x%" PRIx64 "\nname = %s\ntext = %s\ntype = %s\nwidth = %s\naccess = %s\n",
		question->value, field_name(index), field_text(index),
		types[FIELD_TYPE(question->value)], widths[FIELD_WIDTH(question->value)],
		FIELD_HIGH(question->value) ? "high half" : "full");
	return CTL_OK;
}

static int decode_check(FILE *out, const struct question *question)
{
	if (!check_name(question->value))
		return ctl_error("there is no check %" PRIu64, question->value);
	fprintf(out, "check = %" PRIu64 "\nname = %s\ntext = %s\nsdm = %s\n", question->value,
		check_name(question->value), check_text(question->value),
		check_section(question->value));
	return CTL_OK;
}

static int decode_controls(FILE *out, const struct question *question)
{
	int bit;

	for (bit = 0; bit < 64; bit++) {
		const char *text = cap_bit_text(question->word, bit);

		if (question->value >> bit & 1)
			fprintf(out, "bit %d = %s\n", bit, text ? text : "reserved");
	}
	return CTL_OK;
}

/*
 * Bits of a displacement beyond the address size are undefined, so they are dropped; the rest keeps
 * its sign.
 */
static uint64_t displacement(const struct question *question)
{
	struct insn_operand_info info;

	insninfo_decode(question->value, question->reason, &info);
	if (info.addr_size == INSN_SIZE_16)
		return (int16_t)question->qualification;
	if (info.addr_size == INSN_SIZE_32)
		return (int32_t)question->qualification;
	return question->qualification;
}

static int decode_insn(FILE *out, const struct question *question)
{
	char buffer[512];

	if (describe_insninfo(question->value, question->reason, buffer, sizeof(buffer)) < 0)
		return ctl_error("exits for reason %u have no instruction information",
				 question->reason);
	put_reason(out, question->reason);
	fputs(buffer, out);
	if (describe_operand(question->value, question->reason, displacement(question), buffer,
			     sizeof(buffer)) >= 0)
		fprintf(out, "assembler = %s%s\n", buffer,
			question->has_qualification || !strchr(buffer, '[') ?
			"" : " plus the displacement (--qualification)");
	return CTL_OK;
}

static int decode_qualification(FILE *out, const struct question *question)
{
	if (!question->has_reason)
		return ctl_usage("decode", "a qualification needs --reason");
	put_reason(out, question->reason);
	if (!qualification_describe(out, question->reason, question->value))
		return ctl_error("exits for reason %u have no exit qualification",
				 question->reason);
	return CTL_OK;
}

/* @parse reads the value where it may be a name; @word is the control field. */
static const struct {
	const char *name;
	decoder *decode;
	unsigned long long max;
	bool (*parse)(const char *text, unsigned int *value);
	enum cap_word word;
} kinds[] = {
	{ "reason",		decode_reason,		UINT32_MAX },
	{ "error",		decode_error,		UINT32_MAX },
	{ "field",		decode_field,		UINT64_MAX },
	{ "check",		decode_check,		UINT32_MAX,	name_check_parse },
	{ "pin",		decode_controls,	UINT32_MAX,	NULL,	CAP_PIN },
	{ "proc",		decode_controls,	UINT32_MAX,	NULL,	CAP_PROC },
	{ "proc2",		decode_controls,	UINT32_MAX,	NULL,	CAP_PROC2 },
	{ "proc3",		decode_controls,	UINT64_MAX,	NULL,	CAP_PROC3 },
	{ "exit",		decode_controls,	UINT32_MAX,	NULL,	CAP_EXIT },
	{ "exit2",		decode_controls,	UINT64_MAX,	NULL,	CAP_EXIT2 },
	{ "entry",		decode_controls,	UINT32_MAX,	NULL,	CAP_ENTRY },
	{ "insn",		decode_insn,		UINT32_MAX },
	{ "qualification",	decode_qualification,	UINT64_MAX },
};

/* Cuts the next line of "name = value" off @text. Return: false at the end. */
static bool next_line(char **text, char **name, char **value)
{
	char *line = strsep(text, "\n");

	if (!line || !*line)
		return false;
	*name = line;
	*value = strstr(line, " = ");
	if (!*value)
		return false;
	**value = '\0';
	*value += 3;
	return true;
}

static size_t longest_name(const char *text)
{
	size_t longest = 0;
	const char *line, *equals;

	for (line = text; line && (equals = strstr(line, " = ")); line = strchr(equals, '\n')) {
		line += *line == '\n';
		longest = (size_t)(equals - line) > longest ? (size_t)(equals - line) : longest;
	}
	return longest;
}

static void print_text(char *text)
{
	int width = longest_name(text);
	char *name, *value;

	while (next_line(&text, &name, &value))
		printf("%-*s  %s\n", width, name, value);
}

/* Makes a key of a name: "Operand size" becomes "operand_size". */
static void make_key(char *name)
{
	for (; *name; name++)
		*name = isalnum((unsigned char)*name) ? tolower((unsigned char)*name) : '_';
}

static void print_json(char *text)
{
	struct json json = { .stream = stdout };
	char *name, *value;

	json_object(&json, NULL);
	while (next_line(&text, &name, &value)) {
		make_key(name);
		json_string(&json, name, value);
	}
	json_object_end(&json);
	json_end(&json);
}

static int answer(decoder *decode, const struct question *question)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int ret;

	if (!out)
		return ctl_error("out of memory");
	ret = decode(out, question);
	if (fclose(out))
		ret = ctl_error("out of memory");
	if (!ret && question->json)
		print_json(text);
	else if (!ret)
		print_text(text);
	free(text);
	return ctl_finish(ret);
}

static bool read_signed(const char *text, uint64_t *value)
{
	bool negative = *text == '-';
	unsigned long long number;

	if (!ctl_number(text + negative, negative ? (unsigned long long)INT64_MAX + 1 : UINT64_MAX,
			&number))
		return false;
	*value = negative ? -number : number;
	return true;
}

static int take(struct options *options, int letter)
{
	struct question *question = options->arg;

	if (letter == 'r') {
		question->has_reason = name_reason_parse(optarg, &question->reason);
		if (!question->has_reason)
			return ctl_usage("decode", "no exit reason: \"%s\"", optarg);
	} else {
		question->has_qualification = read_signed(optarg, &question->qualification);
		if (!question->has_qualification)
			return ctl_usage("decode", "no number of 64 bits: \"%s\"", optarg);
	}
	return CTL_OK;
}

static bool parse_value(size_t kind, const char *text, struct question *question)
{
	unsigned long long value;
	unsigned int number;

	if (kinds[kind].parse && !kinds[kind].parse(text, &number))
		return false;
	if (kinds[kind].parse)
		value = number;
	else if (!ctl_number(text, kinds[kind].max, &value))
		return false;
	question->value = value;
	question->word = kinds[kind].word;
	return true;
}

static int parse_words(char **words, int n, struct question *question)
{
	size_t i;

	if (n != 2)
		return ctl_usage("decode", "wants the kind of a value and the value");
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(words[0], kinds[i].name))
			continue;
		if (!parse_value(i, words[1], question))
			return ctl_usage("decode", "no number of %d bits%s: \"%s\"",
					 kinds[i].max == UINT32_MAX ? 32 : 64,
					 kinds[i].parse ? ", and no name" : "", words[1]);
		return answer(kinds[i].decode, question);
	}
	return ctl_usage("decode", "no such kind of value: \"%s\"", words[0]);
}

int decode_main(int argc, char **argv)
{
	static const struct option own[] = {
		{ "reason",		required_argument,	NULL, 'r' },
		{ "qualification",	required_argument,	NULL, 'q' },
		{ }
	};
	struct question question = { .reason = EXIT_REASON_VMREAD };
	struct options options = {
		.help = help,
		.takes = OPTIONS_JSON | OPTIONS_WORDS,
		.own = own,
		.take = take,
		.arg = &question,
	};
	int ret = options_parse(&options, argc, argv);

	question.json = options.json;
	return ret ? ret : parse_words(argv + optind, argc - optind, &question);
}
