// SPDX-License-Identifier: GPL-2.0-only
/* A fuzzer's input as a source of numbers. */
#include <string.h>

#include "input.h"

#define WIDE	0xff

static const u8 *at;
static size_t left;

void input_begin(const u8 *data, size_t size)
{
	at = data;
	left = size;
}

size_t input_left(void)
{
	return left;
}

static void take(void *to, size_t len)
{
	size_t have = len < left ? len : left;

	memcpy(to, at, have);
	at += have;
	left -= have;
}

u64 input_next(void)
{
	u64 value = 0;

	take(&value, 1);
	if (value == WIDE)
		take(&value, sizeof(value));
	return value;
}
