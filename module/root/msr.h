/* SPDX-License-Identifier: GPL-2.0-only */
/* RDMSR and WRMSR of L1. */
#ifndef ROOT_MSR_H
#define ROOT_MSR_H

struct cpu;

/* Answer an exit of L1's RDMSR; VMCS01 is current. */
void msr_read(struct cpu *cpu);

/* Answer an exit of L1's WRMSR; VMCS01 is current. */
void msr_write(struct cpu *cpu);

#endif
