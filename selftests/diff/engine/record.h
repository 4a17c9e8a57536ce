/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The log.
 */
#ifndef ENGINE_RECORD_H
#define ENGINE_RECORD_H

#include "types.h"

/* A program begins. */
void record_begin(void);

/* What is recorded from here on belongs to this step. */
void record_at(u32 step);
void record_put(u32 key, u64 value);

/* These values need not be recorded. */
void record_expect(u64 cr0, u64 cr4, u64 efer);

/* Registers that are not as expected, and interrupts that have come. */
void record_changes(void);

/* How code ended that ran at "code": by itself or by a fault; with registers that it began with. */
void record_fall_through(const u64 *before, u64 code);

/* A VM exit: all fields, the host's state as the exit left it, and the guest's registers. */
void record_exit(const u64 *before);

#endif
