/* SPDX-License-Identifier: GPL-2.0-only */
/* Exceptions in root, and what else must not happen there. */
#ifndef ROOT_FAULT_H
#define ROOT_FAULT_H

#include "arch/types.h"
#include "machine/shared.h"

struct cpu;
struct fault_frame;

/**
 * fault_bug() - count what must not happen and did, leave an event, and go on
 * @cpu: this CPU
 * @what: what happened
 * @detail: an exit reason, an error number or an address, as @what has it
 */
void fault_bug(struct cpu *cpu, enum root_bug what, u64 detail);

/**
 * fault_in_root() - find a fixup for an exception in root, or stop L1 with a report
 * @cpu: this CPU
 * @frame: what the exception has pushed; changed to where entry.S is to go on
 */
void fault_in_root(struct cpu *cpu, struct fault_frame *frame);

#endif
