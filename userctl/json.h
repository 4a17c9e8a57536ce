/* SPDX-License-Identifier: GPL-2.0-only */
/* Writing JSON: commas, quotes and escapes are put here and nowhere else. */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct json - a document being written
 * @stream: where it goes
 * @more: a value has been written in this object or array, so the next needs a comma
 */
struct json {
	FILE *stream;
	bool more;
};

/*
 * In every function @key is the name in an object; it is NULL for an element of an array and for
 * the document itself. What json_object() or json_array() begins ends with the function after it.
 */
void json_object(struct json *json, const char *key);
void json_object_end(struct json *json);
void json_array(struct json *json, const char *key);
void json_array_end(struct json *json);

/* Each of these writes one value. */
void json_number(struct json *json, const char *key, uint64_t value);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);
void json_string(struct json *json, const char *key, const char *value);

/* Writes an address as a string, "0x1000", because JSON readers keep only 53 bits of a number. */
void json_address(struct json *json, const char *key, uint64_t value);

/* End the document's line when all of it is written. */
void json_end(struct json *json);

#endif
