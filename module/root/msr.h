/* SPDX-License-Identifier: GPL-2.0-only */
/* RDMSR and WRMSR of L1. */
#ifndef ROOT_MSR_H
#define ROOT_MSR_H

struct cpu;

/* Answer an exit of L1's RDMSR, or WRMSR; VMCS01 is current. */
void l1_rdmsr(struct cpu *cpu);
void l1_wrmsr(struct cpu *cpu);

#endif
