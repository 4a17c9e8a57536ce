/* SPDX-License-Identifier: GPL-2.0-only */
/* Escape sequences; they are empty strings when standard output is no terminal. */
#ifndef TERM_H
#define TERM_H

/* What is printed afterwards has this colour or weight, or is plain; NO_COLOR makes these empty. */
const char *term_bold(void);
const char *term_red(void);
const char *term_yellow(void);
const char *term_green(void);
const char *term_plain(void);

/* Clears the screen; NO_COLOR does not make this empty. */
const char *term_clear(void);

#endif
