/* SPDX-License-Identifier: GPL-2.0-only */
/* One CPU as root mode knows it. */
#ifndef ROOT_CPU_H
#define ROOT_CPU_H

#include "arch/x86.h"
#include "abi.h"
#include "arch/caps.h"
#include "arch/types.h"
#include "machine/contract.h"
#include "machine/shared.h"
#include "mtrr.h"
#include "nested.h"

/*
 * Most instructions touch no more hidden blocks than that: two with each memory operand, two with
 * the fetch, and those of the page walks.
 */
#define ROOT_MAX_SHOWN 16

/**
 * struct cpu - one CPU; the word at the top of every root stack points to it
 * @config: what the Linux half wrote; it comes first, because entry.S knows offsets in it
 * @ready: takeover_first_exit() has run
 * @gpr: L1's or L2's general registers, in the order in which Intel numbers them
 * @shared: what Linux reads
 * @caps: the processor's VMX capabilities
 * @mtrr: memory types of physical memory, for EPT01
 * @ept01: EPTP of EPT01
 * @ept01_top: entries of its top table that may be in use
 * @zero_table: physical address of a table that hidden blocks share while they show zeros
 * @sink_table: of one that they share while they are written to
 * @sink: of the page that @sink_table maps
 * @sink_dirty: @sink may have been written to
 * @shown: EPT01's entries of hidden blocks that have one of the tables, for the length of one
 *	instruction
 * @nr_shown: how many there are; those beyond ROOT_MAX_SHOWN are not in @shown
 * @stepping: L1 executes one instruction, see step.c
 * @step_tf: L1 was single-stepping itself when Nestor's step began
 * @step_btf: it was doing so by branches
 * @step_blocking: events are blocked for the length of the step
 * @step_interruptibility, @step_pending: what was blocked and what was pending before
 * @refused: VM entries of VMCS01 that the processor refused in a row
 * @nested: L1's VMX
 */
struct cpu {
	struct root_config config;
	bool ready;
	u32 refused;
	u64 *gpr;
	struct root_shared *shared;
	struct vmx_caps caps;
	struct mtrrs mtrr;
	u64 ept01;
	u32 ept01_top;
	u64 zero_table;
	u64 sink_table;
	u64 sink;
	bool sink_dirty;
	u32 nr_shown;
	u64 *shown[ROOT_MAX_SHOWN];
	bool stepping;
	bool step_tf;
	bool step_btf;
	bool step_blocking;
	u64 step_interruptibility;
	u64 step_pending;
	struct nested nested;
};

/* Returns the CPU that holds @nested. */
static inline struct cpu *cpu_of(struct nested *nested)
{
	return (struct cpu *)((char *)nested - offsetof(struct cpu, nested));
}

#endif
