/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hostile programs: random ones with the valid start taken away.
 */
#ifndef DIFF_HOSTILE_H
#define DIFF_HOSTILE_H

/* diff hostile, diff scribble (diff.c says how); they return the status to exit with. */
int hostile_command(int argc, char **argv);
int hostile_scribble_command(int argc, char **argv);

#endif
