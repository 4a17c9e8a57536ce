// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs as text: a step per line, '#' begins a comment, "== name" begins a program.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"
#include "text.h"

static void *grow(void *array, size_t nr, size_t size)
{
	if (nr & (nr - 1))
		return array;
	array = reallocarray(array, nr ? nr * 2 : 1, size);
	if (!array)
		text_die("no memory");
	return array;
}

void program_take_line(struct program *program, char *line)
{
	program->lines = grow(program->lines, program->nr_lines, sizeof(char *));
	program->lines[program->nr_lines++] = line;
}

void program_add_line(struct program *program, const char *format, ...)
{
	va_list args;
	char *line;

	va_start(args, format);
	if (vasprintf(&line, format, args) < 0)
		text_die("no memory");
	va_end(args);
	program_take_line(program, line);
}

void program_free(struct program *program)
{
	size_t i;

	for (i = 0; i < program->nr_lines; i++)
		free(program->lines[i]);
	free(program->lines);
	free(program->name);
	free(program->source);
	*program = (struct program){ 0 };
}

struct program program_copy(const struct program *program)
{
	struct program copy = { .name = strdup(program->name), .source = strdup(program->source) };
	size_t i;

	for (i = 0; i < program->nr_lines; i++)
		program_take_line(&copy, strdup(program->lines[i]));
	return copy;
}

void program_append(struct programs *programs, struct program program)
{
	programs->list = grow(programs->list, programs->nr, sizeof(program));
	programs->list[programs->nr++] = program;
}

/* Cut comment and surrounding blanks off. */
static char *strip(char *line)
{
	size_t len;

	/* A name may have a "#UD" in it. */
	line[strcspn(line, strncmp(line, "== ", 3) ? "#\n" : "\n")] = '\0';
	while (isspace((unsigned char)*line))
		line++;
	len = strlen(line);
	while (len && isspace((unsigned char)line[len - 1]))
		line[--len] = '\0';
	return line;
}

void program_read_file(struct programs *programs, const char *path)
{
	FILE *file = fopen(path, "r");
	const char *base = strrchr(path, '/');
	char *buffer = NULL, *line;
	size_t size = 0, number = 0;
	struct program program;
	int stem;

	if (!file)
		text_die("%s: %m", path);
	base = base ? base + 1 : path;
	stem = strcspn(base, ".");
	while (getline(&buffer, &size, file) >= 0) {
		number++;
		line = strip(buffer);
		if (!strncmp(line, "== ", 3)) {
			program = (struct program){ 0 };
			if (asprintf(&program.name, "%.*s: %s", stem, base, line + 3) < 0 ||
			    asprintf(&program.source, "%s:%zu", base, number) < 0)
				text_die("no memory");
			program_append(programs, program);
		} else if (*line) {
			if (!programs->nr)
				text_die("%s:%zu: a program begins with \"== name\"", path, number);
			program_add_line(&programs->list[programs->nr - 1], "%s", line);
		}
	}
	free(buffer);
	fclose(file);
}

void program_print(const struct program *program, FILE *to)
{
	size_t i;

	fprintf(to, "== %s\n", program->name);
	for (i = 0; i < program->nr_lines; i++)
		fprintf(to, "%s\n", program->lines[i]);
}
