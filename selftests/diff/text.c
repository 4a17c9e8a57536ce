// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text: a piece that grows, and the last words of a program that cannot go on.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "text.h"

void text_add(struct text *text, const char *format, ...)
{
	va_list args;
	size_t room;
	int len;

	for (;;) {
		room = text->size - text->len;
		va_start(args, format);
		len = vsnprintf(text->chars + text->len, text->chars ? room : 0, format, args);
		va_end(args);
		if (text->chars && (size_t)len < room)
			break;
		text->size = (text->len + len + 1) * 2;
		text->chars = realloc(text->chars, text->size);
		if (!text->chars)
			text_die("no memory");
	}
	text->len += len;
}

void text_free(struct text *text)
{
	free(text->chars);
	*text = (struct text){ 0 };
}

void text_die(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "diff: ");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}
