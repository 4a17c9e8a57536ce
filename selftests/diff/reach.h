/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How far hostile programs came.
 */
#ifndef DIFF_REACH_H
#define DIFF_REACH_H

/* Count what the program that has just run logged. */
void reach_count_log(void);
void reach_print(void);

#endif
