/* SPDX-License-Identifier: GPL-2.0-only */
/* One instruction of L1, and then an exit. */
#ifndef ROOT_STEP_H
#define ROOT_STEP_H

struct cpu;

/* Have L1 execute one instruction after the next VM entry, and then exit; VMCS01 is current. */
void step_begin(struct cpu *cpu);

/* End a step that the monitor trap flag made; VMCS01 is current. */
void step_monitor_trap(void);

/* End a step that RFLAGS.TF made, and give L1 a #DB of its own; VMCS01 is current. */
void step_debug_exception(struct cpu *cpu);

#endif
