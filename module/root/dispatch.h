/* SPDX-License-Identifier: GPL-2.0-only */
/* What entry.S calls between a VM exit and the next VM entry. */
#ifndef ROOT_DISPATCH_H
#define ROOT_DISPATCH_H

#include "arch/types.h"

struct cpu;

/**
 * root_exit() - answer a VM exit
 * @cpu: this CPU; the VMCS that exited is current, afterwards the one to enter
 */
void root_exit(struct cpu *cpu);

/**
 * root_entry_refused() - the processor did not make the VM entry
 * @cpu: this CPU
 * @gpr: the registers' frame
 * @rflags: after VMLAUNCH or VMRESUME: how it failed
 */
void root_entry_refused(struct cpu *cpu, u64 *gpr, u64 rflags);

/**
 * root_deliver_noted() - an NMI or a machine check met root since the exit
 * @cpu: this CPU
 * @gpr: the registers' frame
 */
void root_deliver_noted(struct cpu *cpu, u64 *gpr);

#endif
