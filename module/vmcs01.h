/* SPDX-License-Identifier: GPL-2.0-only */
/* VMCS01 at launch. */
#ifndef NESTOR_VMCS01_H
#define NESTOR_VMCS01_H

struct l1_operation;
struct nestor_cpu;

/**
 * vmcs01_fill() - describe root as the host and the running Linux as the guest of the current VMCS
 * @cpu: the CPU that it is for; the caller runs on it with interrupts off
 * @l1: what VMX is to L1
 *
 * Return: 0, or -EIO when the processor refused a field.
 */
int vmcs01_fill(struct nestor_cpu *cpu, const struct l1_operation *l1);

#endif
