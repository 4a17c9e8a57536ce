/* SPDX-License-Identifier: GPL-2.0-only */
/* One instruction of L1, and then an exit. */
#ifndef ROOT_STEP_H
#define ROOT_STEP_H

struct cpu;

/**
 * step_begin() - have L1 execute one instruction after the next VM entry, and then exit
 * @cpu: this CPU; VMCS01 is current
 *
 * Nothing is changed if a step has begun and not ended.
 */
void step_begin(struct cpu *cpu);

/**
 * step_end() - end a step, by its trap or for ever
 * @cpu: this CPU, with a step under way; VMCS01 is current
 */
void step_end(struct cpu *cpu);

/**
 * step_cut_short() - end a step because of an exit that is not its trap
 * @cpu: this CPU, with a step under way; VMCS01 is current
 *
 * Where a handler of L1 runs that returns to the step's instruction, its trap still comes.
 */
void step_cut_short(struct cpu *cpu);

/**
 * step_debug_exception() - end a step that RFLAGS.TF made, and give L1 a #DB of its own
 * @cpu: this CPU; VMCS01 is current
 */
void step_debug_exception(struct cpu *cpu);

#endif
