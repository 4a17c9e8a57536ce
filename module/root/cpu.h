/* SPDX-License-Identifier: GPL-2.0-only */
/* One CPU as root mode knows it, and who in root does what with it. */
#ifndef ROOT_CPU_H
#define ROOT_CPU_H

#include "arch/arch.h"
#include "arch/caps.h"
#include "arch/fields.h"
#include "machine/contract.h"
#include "mtrr.h"
#include "nested.h"
#include "arch/reasons.h"
#include "machine/shared.h"

/* Hidden blocks that one instruction can touch: two a memory operand, two for the fetch, and the
 * page walks. */
#define ROOT_MAX_SHOWN 16

/**
 * struct cpu - the word at the top of every root stack points here
 * @config: what the Linux half wrote; first, entry.S knows its offsets
 * @ready: takeover_first_exit() has run
 * @gpr: L1's or L2's general registers, in the order in which Intel numbers them
 * @shared: what Linux reads
 * @caps: the processor's VMX capabilities
 * @mtrr: memory types of physical memory, for EPT01
 * @ept01: EPTP of EPT01
 * @ept01_top: entries of its top table that may be in use
 * @shown: EPT01's entries of hidden blocks that show zeros for the instruction that is let through
 * @nr_shown: how many
 * @step_tf: L1 was single-stepping itself when Nestor's step began
 * @refused: VM entries of VMCS01 that the processor refused in a row
 * @nested: L1's VMX
 */
struct cpu {
	struct root_config config;
	bool ready;
	u32 nr_shown;
	u32 refused;
	bool step_tf;
	u64 *shown[ROOT_MAX_SHOWN];
	u64 *gpr;
	struct root_shared *shared;
	struct vmx_caps caps;
	struct mtrrs mtrr;
	u64 ept01;
	u32 ept01_top;
	struct nested nested;
};

/* What root's processor says, of the first subleaf. */
struct cpuid {
	u32 eax, ebx, ecx, edx;
};

static inline struct cpuid cpuid(u32 leaf)
{
	struct cpuid id = { .eax = leaf };

	asm volatile("cpuid" : "+a"(id.eax), "=b"(id.ebx), "+c"(id.ecx), "=d"(id.edx));
	return id;
}

/* dispatch.c: called by entry.S */
void root_exit(struct cpu *cpu);
void root_entry_refused(struct cpu *cpu, u64 *gpr, u64 rflags);
void root_deliver_noted(struct cpu *cpu, u64 *gpr);

/* takeover.c */

/**
 * takeover_first_exit() - make a CPU's structure ready
 * @cpu: this CPU, with nothing but @config filled; VMCS01 is current
 */
__attribute__((cold)) void takeover_first_exit(struct cpu *cpu);

/* l1.c */

/* The processor refused VMCS01; @detail is the error or the exit reason. */
__attribute__((cold)) void l1_refused(struct cpu *cpu, u64 detail);

/**
 * l1_exit() - answer a VM exit of L1; VMCS01 is current
 * @cpu: this CPU
 * @reason: basic exit reason
 */
void l1_exit(struct cpu *cpu, u32 reason);

/* msr.c */
void l1_rdmsr(struct cpu *cpu);
void l1_wrmsr(struct cpu *cpu);

/* landing.c */

/**
 * landing_call() - is this VMCALL Nestor's own, and if so, land
 * @cpu: this CPU
 *
 * Return: true if it was.
 */
bool landing_call(struct cpu *cpu);

/* ept01.c */

/**
 * ept01_violation() - answer an EPT violation of L1: fill EPT01, or let it pass hidden memory
 * @cpu: this CPU
 */
void ept01_violation(struct cpu *cpu);
void ept01_step_done(struct cpu *cpu);

/* The CPU that holds @nested. */
static inline struct cpu *cpu_of(struct nested *nested)
{
	return (struct cpu *)((char *)nested - offsetof(struct cpu, nested));
}

/* step.c: one instruction of L1, and then an exit */
void step_begin(struct cpu *cpu);
void step_monitor_trap(void);
void step_debug_exception(struct cpu *cpu);

/* Forget all of EPT01: memory types changed. */
void ept01_reset(struct cpu *cpu);

/* The CPU is given back: an empty EPT01, and all pages of the pool are about to be new. */
void ept01_forget(struct cpu *cpu);

/* fault.c */

/**
 * root_bug() - something that must not happen did: count it, leave an event, go on
 * @cpu: this CPU
 * @what: a number that names the place (enum root_bug)
 * @detail: whatever helps
 */
void root_bug(struct cpu *cpu, u64 what, u64 detail);

enum root_bug {
	BUG_EXIT_REASON = 1, /* an exit of L1 that VMCS01 does not ask for */
	BUG_ENTRY_REFUSED,   /* the processor refused VMCS01 */
	BUG_POOL,	     /* no page left for EPT01 */
	BUG_FAULT,	     /* an exception in root without a fixup */
	BUG_L2_STATE,
};

#endif
