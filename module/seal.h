/* SPDX-License-Identifier: GPL-2.0-only */
/* The seal on what root has that never changes: its code, constants and tables. */
#ifndef NESTOR_SEAL_H
#define NESTOR_SEAL_H

#include <linux/types.h>

/**
 * seal_note() - note what root's constant memory is
 *
 * Call it before the first CPU is launched: root's memory is hidden from then on.
 */
void seal_note(void);

/**
 * seal_check() - see whether root's constant memory is what it was
 *
 * Call it when the last CPU has landed. What has changed is told in the log and counted as a bug.
 *
 * Return: true if nothing has changed.
 */
bool seal_check(void);

#endif
