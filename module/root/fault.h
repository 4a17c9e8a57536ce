/* SPDX-License-Identifier: GPL-2.0-only */
/* What must not happen in root, and exceptions. */
#ifndef ROOT_FAULT_H
#define ROOT_FAULT_H

#include "arch/types.h"

struct cpu;
struct fault_frame;

enum root_bug {
	BUG_EXIT_REASON = 1, /* an exit of L1 that VMCS01 does not ask for */
	BUG_ENTRY_REFUSED,   /* the processor refused VMCS01 */
	BUG_POOL,	     /* no page left for EPT01 */
	BUG_FAULT,	     /* an exception in root without a fixup */
	BUG_L2_STATE,
};

/**
 * fault_bug() - something that must not happen did: count it, leave an event, go on
 * @cpu: this CPU
 * @what: a number that names the place (enum root_bug)
 * @detail: whatever helps
 */
void fault_bug(struct cpu *cpu, u64 what, u64 detail);

/**
 * fault_in_root() - an exception in root, called by entry.S: find a fixup, or stop L1 with a report
 * @cpu: this CPU
 * @frame: what the exception has pushed; changed to where to go on
 */
void fault_in_root(struct cpu *cpu, struct fault_frame *frame);

#endif
