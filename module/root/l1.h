/* SPDX-License-Identifier: GPL-2.0-only */
/* L1's exits. */
#ifndef ROOT_L1_H
#define ROOT_L1_H

#include "arch/types.h"

struct cpu;

/**
 * l1_exit() - answer a VM exit of L1; VMCS01 is current
 * @cpu: this CPU
 * @reason: exit reason
 */
void l1_exit(struct cpu *cpu, u32 reason);

/**
 * l1_refused() - the processor refused VMCS01, which is current
 * @cpu: this CPU
 * @detail: the VM-instruction error or the exit reason
 */
__attribute__((cold)) void l1_refused(struct cpu *cpu, u64 detail);

#endif
