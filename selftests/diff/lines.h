/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files that have an entry per line.
 */
#ifndef DIFF_LINES_H
#define DIFF_LINES_H

/* Call @add for each line that is not empty; '#' begins a comment. */
void lines_read(const char *path, void (*add)(char *line));

#endif
