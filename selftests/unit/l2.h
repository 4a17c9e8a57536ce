/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * L2 on the model machine: its VM exits, and the VMX instructions that it has without one.
 */
#ifndef L2_H
#define L2_H

#include "outcome.h"
#include "arch/fields.h"
#include "arch/types.h"

/**
 * struct l2_exit - what the processor says of a VM exit of L2
 */
struct l2_exit {
	u32 reason;
	u64 qualification;
	u32 intr_info;
	u32 intr_error;
	u32 idt_info;
	u32 idt_error;
	u32 length;
	u32 insn_info;
	u64 gpa;
	u64 linear;
};

/**
 * l2_exits() - a VM exit of L2
 * @exit: what for
 *
 * Return: true if L1 got it, false if L2 runs on.
 */
bool l2_exits(const struct l2_exit *exit);

/**
 * l2_vmx_access() - VMREAD or VMWRITE of L2
 * @write: VMWRITE
 * @encoding: the field's
 * @value: what is written, or receives what was read
 *
 * The processor executes it where VMCS02 has VMCS shadowing on and the bitmap allows it, else it
 * exits. Return: how it ended; DONE_EXITED if L1 got the exit.
 */
struct result l2_vmx_access(bool write, u64 encoding, u64 *value);

/* L2 has changed a register: the exit to come will save it. */
void l2_set_state(enum field_index field, u64 value);

#endif
