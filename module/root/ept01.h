/* SPDX-License-Identifier: GPL-2.0-only */
/* EPT01: L1's physical memory, without Nestor's. */
#ifndef ROOT_EPT01_H
#define ROOT_EPT01_H

struct cpu;

/**
 * ept01_violation() - answer an EPT violation of L1: fill EPT01, or let it pass hidden memory
 * @cpu: this CPU; VMCS01 is current
 */
void ept01_violation(struct cpu *cpu);

/* The instruction that was let pass has been executed: what showed zeros for it is hidden again. */
void ept01_step_done(struct cpu *cpu);

/* Forget all of EPT01: memory types changed. */
void ept01_reset(struct cpu *cpu);

/* The CPU is given back: an empty EPT01, and all pages of the pool are about to be new. */
void ept01_forget(struct cpu *cpu);

#endif
