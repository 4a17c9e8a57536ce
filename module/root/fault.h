/* SPDX-License-Identifier: GPL-2.0-only */
/* What must not happen in root, and exceptions. */
#ifndef ROOT_FAULT_H
#define ROOT_FAULT_H

#include "arch/types.h"

struct cpu;

enum root_bug {
	BUG_EXIT_REASON = 1, /* an exit of L1 that VMCS01 does not ask for */
	BUG_ENTRY_REFUSED,   /* the processor refused VMCS01 */
	BUG_POOL,	     /* no page left for EPT01 */
	BUG_FAULT,	     /* an exception in root without a fixup */
	BUG_L2_STATE,
};

/**
 * root_bug() - something that must not happen did: count it, leave an event, go on
 * @cpu: this CPU
 * @what: a number that names the place (enum root_bug)
 * @detail: whatever helps
 */
void root_bug(struct cpu *cpu, u64 what, u64 detail);

#endif
