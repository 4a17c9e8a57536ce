/* SPDX-License-Identifier: GPL-2.0-only */
/* Preflight: can a machine be taken over, and can a CPU? */
#ifndef NESTOR_CHECK_H
#define NESTOR_CHECK_H

#include <linux/types.h>

struct l1_operation;
struct owner;

/* Taking over depends on these capabilities of the processor; check_machine() reads them. */
struct vmx_caps_msrs {
	u64 basic;
	u64 misc;
	u64 ept_vpid;
	u64 cr0_fixed0, cr0_fixed1, cr4_fixed0, cr4_fixed1;
	u64 pin, proc, proc2, exit, entry; /* the TRUE ones where they exist */
	u8 maxphyaddr; /* by CPUID; Linux's own number leaves out bits that are key identifiers */
};

/**
 * check_machine() - can this machine be taken over?
 * @caps: filled with the capabilities
 * @why: set to a sentence that says why not, when it cannot; may be NULL
 *
 * Return: 0, -ENODEV or -EOPNOTSUPP.
 */
int check_machine(struct vmx_caps_msrs *caps, const char **why);

/**
 * check_cpu() - can this CPU be taken over now?
 * @l1: what VMX is to Linux on it
 * @owner: who has VMX
 * @why: set to a sentence that says why not, when it cannot
 *
 * Interrupts are off from here to the launch, so that the answer stays true.
 *
 * Return: 0, -ENOMEM, -EBUSY or -EOPNOTSUPP.
 */
int check_cpu(const struct l1_operation *l1, const struct owner *owner, const char **why);

#endif
