/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Places in memory that programs call by name.
 */
#ifndef DIFF_PLACES_H
#define DIFF_PLACES_H

#include "arch/types.h"

/* Finds a place's address: physical or linear, as programs use it. False if none has this name. */
bool places_find(const char *name, u64 *value);

#endif
