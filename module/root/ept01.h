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

/* Hide again what showed zeros for an instruction, which has been executed now. */
void ept01_step_done(struct cpu *cpu);

/* Forget all of EPT01, because memory types have changed. */
void ept01_reset(struct cpu *cpu);

/*
 * Empty EPT01 when the CPU is given back; its tables need not go back to the pool, which will be
 * new.
 */
void ept01_forget(struct cpu *cpu);

#endif
