/* SPDX-License-Identifier: GPL-2.0-only */
/* Escape sequences: empty strings when standard output is no terminal or NO_COLOR is set. */
#ifndef TERM_H
#define TERM_H

const char *term_bold(void);
const char *term_red(void);
const char *term_yellow(void);
const char *term_green(void);
const char *term_plain(void);

/* Begins a screen afresh; NO_COLOR leaves it. */
const char *term_clear(void);

#endif
