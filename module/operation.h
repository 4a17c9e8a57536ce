/* SPDX-License-Identifier: GPL-2.0-only */
/* Being in VMX operation, as a bit of CR4 and for the processor: Nestor's own and L1's. */
#ifndef NESTOR_OPERATION_H
#define NESTOR_OPERATION_H

#include <linux/types.h>

struct nestor_cpu;

/* L1 has no VMXON pointer, or none that can be known: no instruction reads it. */
#define OPERATION_NO_POINTER (~0ull)

/**
 * struct l1_operation - what VMX is to L1 on one CPU
 * @vmxe: L1 has set CR4.VMXE
 * @entered: L1 is in VMX operation
 * @pointer: its VMXON pointer, or OPERATION_NO_POINTER
 * @current_vmcs: its current-VMCS pointer, all ones if there is none
 */
struct l1_operation {
	bool vmxe;
	bool entered;
	u64 pointer;
	u64 current_vmcs;
};

/**
 * operation_of_linux() - what VMX is to Linux on this CPU, which is bare
 * @l1: filled
 */
void operation_of_linux(struct l1_operation *l1);

/**
 * operation_enter() - enter VMX operation with Nestor's VMXON region
 * @cpu: this CPU
 * @l1: what VMX is to L1, which leaves VMX operation for it
 *
 * Nothing that was cached under an earlier owner of VMX is used afterwards.
 *
 * Return: 0, or -EIO when the processor refused: what L1 had is given back then.
 */
int operation_enter(struct nestor_cpu *cpu, const struct l1_operation *l1);

/**
 * operation_leave() - leave Nestor's VMX operation, and give L1 what it had
 * @cpu: this CPU
 * @l1: what VMX is to L1
 *
 * VMCS01 is not active any more afterwards.
 */
void operation_leave(struct nestor_cpu *cpu, const struct l1_operation *l1);

/**
 * operation_prepare() - have a page for each CPU with which L1 could be given back in VMX operation
 *
 * Return: 0 or -ENOMEM.
 */
int operation_prepare(void);

/* Free the pages of operation_prepare() that no L1 was given, and tell of those that one was. */
void operation_finish(void);

#endif
