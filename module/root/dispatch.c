// SPDX-License-Identifier: GPL-2.0-only
/* The way of an exit from entry.S to who answers it: l1.c for L1's exits, nested/ for L2's. */
#include "arch/fields.h"
#include "arch/reasons.h"
#include "cpu.h"
#include "dispatch.h"
#include "l1.h"
#include "landing.h"
#include "machine.h"
#include "nested.h"
#include "takeover.h"

/* The low halves of the counter suffice, because root takes less than 2^32 ticks. */
static inline void note_time(struct cpu *cpu, u32 start)
{
	u32 ticks = m_rdtsc_low() - start;

	cpu->shared->stats.root_time[31 - __builtin_clz(ticks | 1)]++;
}

/* The first exit is an EPT violation, because EPT01 is empty. */
static __attribute__((noinline)) void other_l1_exit(struct cpu *cpu, u32 reason)
{
	if (unlikely(!cpu->ready))
		takeover_first_exit(cpu);
	l1_exit(cpu, reason);
}

void dispatch_exit(struct cpu *cpu)
{
	u32 start = m_rdtsc_low(), reason = m_vmread(VM_EXIT_REASON);
	struct nested *n = &cpu->nested;

	if (n->in_l2)
		exit_from_l2(n, reason);
	else if (likely(reason == EXIT_REASON_VMRESUME))
		vmxinsn_vmresume(n);
	else
		other_l1_exit(cpu, reason);
	if (unlikely(n->pending) && !n->nmi_window)
		events_deliver(n);
	cpu->config.launch = n->launch;
	note_time(cpu, start);
}

void dispatch_entry_refused(struct cpu *cpu, u64 rflags)
{
	if (!cpu->nested.in_l2) {
		l1_refused(cpu, m_vmread(VM_INSTRUCTION_ERROR));
		return;
	}
	refused_entry(&cpu->nested, rflags);
	cpu->config.launch = cpu->nested.launch;
}

void dispatch_noted(struct cpu *cpu)
{
	if (!cpu->ready) {
		landing_noted(cpu);
		return;
	}
	if (cpu->config.nmi_noted) {
		/*
		 * There is at most one: while NMIs are blocked the processor keeps the next one
		 * itself.
		 */
		cpu->config.nmi_noted = 0;
		cpu->shared->stats.nmis_in_root++;
		events_note_nmi(&cpu->nested);
	}
	if (cpu->config.mc_noted) {
		cpu->config.mc_noted = 0;
		events_note_mc(&cpu->nested);
	}
	events_deliver(&cpu->nested);
	cpu->config.launch = cpu->nested.launch;
}
