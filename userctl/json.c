// SPDX-License-Identifier: GPL-2.0-only
/* Writing JSON. */
#include <inttypes.h>
#include <stdio.h>
#include "json.h"

static void put_quoted(FILE *stream, const char *text)
{
	const unsigned char *c;

	fputc('"', stream);
	for (c = (const unsigned char *)text; *c; c++) {
		if (*c == '"' || *c == '\\')
			fprintf(stream, "\\%c", *c);
		else if (*c < 0x20)
			fprintf(stream, "\\u%04x", *c);
		else
			fputc(*c, stream);
	}
	fputc('"', stream);
}

static void begin_value(struct json *json, const char *key)
{
	if (json->more)
		fputc(',', json->stream);
	json->more = true;
	if (!key)
		return;
	put_quoted(json->stream, key);
	fputc(':', json->stream);
}

static void open_nest(struct json *json, const char *key, char bracket)
{
	begin_value(json, key);
	fputc(bracket, json->stream);
	json->more = false;
}

static void close_nest(struct json *json, char bracket)
{
	fputc(bracket, json->stream);
	json->more = true;
}

void json_object(struct json *json, const char *key)
{
	open_nest(json, key, '{');
}

void json_object_end(struct json *json)
{
	close_nest(json, '}');
}

void json_array(struct json *json, const char *key)
{
	open_nest(json, key, '[');
}

void json_array_end(struct json *json)
{
	close_nest(json, ']');
}

void json_number(struct json *json, const char *key, uint64_t value)
{
	begin_value(json, key);
	fprintf(json->stream, "%" PRIu64, value);
}

void json_bool(struct json *json, const char *key, bool value)
{
	begin_value(json, key);
	fputs(value ? "true" : "false", json->stream);
}

void json_null(struct json *json, const char *key)
{
	begin_value(json, key);
	fputs("null", json->stream);
}

void json_string(struct json *json, const char *key, const char *value)
{
	begin_value(json, key);
	put_quoted(json->stream, value);
}

void json_address(struct json *json, const char *key, uint64_t value)
{
	begin_value(json, key);
	fprintf(json->stream, "\"0x%" PRIx64 "\"", value);
}

void json_end(struct json *json)
{
	fputc('\n', json->stream);
	json->more = false;
}
