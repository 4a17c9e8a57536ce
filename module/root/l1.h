/* SPDX-License-Identifier: GPL-2.0-only */
/* L1's exits. */
#ifndef ROOT_L1_H
#define ROOT_L1_H

#include "arch/types.h"

struct cpu;

/**
 * l1_exit() - answer a VM exit of L1
 * @cpu: this CPU; VMCS01 is current
 * @reason: the exit reason, all 32 bits
 */
void l1_exit(struct cpu *cpu, u32 reason);

/**
 * l1_refused() - go on after the processor has refused VMCS01
 * @cpu: this CPU; VMCS01 is current
 * @detail: the VM-instruction error or the exit reason
 */
__attribute__((cold)) void l1_refused(struct cpu *cpu, u64 detail);

#endif
