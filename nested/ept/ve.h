/* SPDX-License-Identifier: GPL-2.0-only */
/* Virtualization exceptions of L2. */
#ifndef NESTED_EPT_VE_H
#define NESTED_EPT_VE_H

#include "state.h"

/**
 * ve_convert() - make a #VE of a violation of EPT12 whose entry allows that
 * @n: L1's VMX; VMCS02 is current
 * @gpa: guest-physical address
 * @qualification: the exit qualification that L1 would see
 * @reason: exit reason; changed where L1 intercepts #VE
 *
 * Return: false if the violation stays one. Otherwise the #VE is injected, or @reason is that of
 * the exit which it causes.
 */
bool ve_convert(struct nested *n, u64 gpa, u64 qualification, u32 *reason);

#endif
