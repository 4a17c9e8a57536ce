/* SPDX-License-Identifier: GPL-2.0-only */
/* EPT01: L1's physical memory, without Nestor's. */
#ifndef ROOT_EPT01_H
#define ROOT_EPT01_H

struct cpu;

/**
 * ept01_init() - reserve the pages that hidden memory shows
 * @cpu: this CPU, at its first exit, with a pool that is full
 */
void ept01_init(struct cpu *cpu);

/**
 * ept01_violation() - answer an EPT violation of L1: fill EPT01, or let it pass hidden memory
 * @cpu: this CPU; VMCS01 is current
 */
void ept01_violation(struct cpu *cpu);

/* Hide again what was shown to an instruction, which has been executed now. */
void ept01_hide(struct cpu *cpu);

/*
 * Forget all of EPT01, because memory types have changed. Hidden memory that is shown is hidden
 * again.
 */
void ept01_reset(struct cpu *cpu);

/*
 * Empty EPT01 when the CPU is given back; its tables need not go back to the pool, which will be
 * new.
 */
void ept01_forget(struct cpu *cpu);

#endif
