/* SPDX-License-Identifier: GPL-2.0-only */
/* What entry.S calls between a VM exit and the next VM entry. */
#ifndef ROOT_DISPATCH_H
#define ROOT_DISPATCH_H

#include "arch/types.h"

struct cpu;

/**
 * dispatch_exit() - answer a VM exit
 * @cpu: this CPU; the VMCS that exited is current, and afterwards the one that is to be entered
 */
void dispatch_exit(struct cpu *cpu);

/**
 * dispatch_entry_refused() - the processor did not make the VM entry
 * @cpu: this CPU
 * @rflags: what VMLAUNCH or VMRESUME left in RFLAGS, which tells how it failed
 */
void dispatch_entry_refused(struct cpu *cpu, u64 rflags);

/**
 * dispatch_noted() - deliver an NMI or a machine check that has met root since the exit
 * @cpu: this CPU
 */
void dispatch_noted(struct cpu *cpu);

#endif
