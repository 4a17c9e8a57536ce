// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that have an entry per line: what differs and is known, what is defined.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"
#include "text.h"

void lines_read(const char *path, void (*add)(char *line))
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;

	if (!file)
		text_die("%s: %m", path);
	while (getline(&line, &size, file) >= 0) {
		line[strcspn(line, "#\n")] = '\0';
		if (line[strspn(line, " \t")])
			add(line);
	}
	free(line);
	fclose(file);
}
