/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text: a piece that grows, and the last words of a program that cannot go on.
 */
#ifndef DIFF_TEXT_H
#define DIFF_TEXT_H

#include <stddef.h>

/**
 * struct text - a growing piece of text
 * @chars: from malloc(), ends with a NUL; NULL if nothing was added yet
 * @len: without the NUL
 * @size: of the memory
 */
struct text {
	char *chars;
	size_t len, size;
};

/* Add a piece as printf() makes it. */
void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_free(struct text *text);

/* Say what is wrong, and exit with status 2. */
void text_die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
