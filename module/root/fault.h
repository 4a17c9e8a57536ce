/* SPDX-License-Identifier: GPL-2.0-only */
/* What must not happen in root, and exceptions. */
#ifndef ROOT_FAULT_H
#define ROOT_FAULT_H

#include "arch/types.h"
#include "machine/shared.h"

struct cpu;
struct fault_frame;

/**
 * fault_bug() - something that must not happen did: count it, leave an event, go on
 * @cpu: this CPU
 * @what: what happened
 * @detail: an exit reason, an error number or an address, as fits
 */
void fault_bug(struct cpu *cpu, enum root_bug what, u64 detail);

/**
 * fault_in_root() - an exception in root, called by entry.S: find a fixup, or stop L1 with a report
 * @cpu: this CPU
 * @frame: what the exception has pushed; changed to where to go on
 */
void fault_in_root(struct cpu *cpu, struct fault_frame *frame);

#endif
