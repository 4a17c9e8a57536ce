/* SPDX-License-Identifier: GPL-2.0-only */
/* One instruction of L1, and then an exit. */
#ifndef ROOT_STEP_H
#define ROOT_STEP_H

struct cpu;

/* L1's next VM entry executes one instruction; VMCS01 is current. */
void step_begin(struct cpu *cpu);

/* The two exits that end a step. */
void step_monitor_trap(void);
void step_debug_exception(struct cpu *cpu);

#endif
