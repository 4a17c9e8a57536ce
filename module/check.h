/* SPDX-License-Identifier: GPL-2.0-only */
/* Preflight: can a machine, can a CPU be taken over? */
#ifndef NESTOR_CHECK_H
#define NESTOR_CHECK_H

#include <linux/types.h>

/* The processor's VMX capabilities that taking over depends on; read once by check_machine(). */
struct vmx_caps_msrs {
	u64 basic;
	u64 misc;
	u64 ept_vpid;
	u64 cr0_fixed0, cr0_fixed1, cr4_fixed0, cr4_fixed1;
	u64 pin, proc, proc2, exit, entry; /* the TRUE ones where they exist */
};

/**
 * check_machine() - can this machine be taken over?
 * @caps: filled with the capability MSRs
 * @why: set to a sentence when not
 *
 * Return: 0, -ENODEV, -EBUSY or -EOPNOTSUPP.
 */
int check_machine(struct vmx_caps_msrs *caps, const char **why);

/**
 * check_cpu() - can this CPU be taken over now? Interrupts are off.
 * @why: set to a sentence when not
 *
 * Return: as check_machine().
 */
int check_cpu(const char **why);

#endif
