/* SPDX-License-Identifier: GPL-2.0-only */
/* The VMX instructions of L1. */
#ifndef NESTED_RUN_VMXINSN_H
#define NESTED_RUN_VMXINSN_H

#include "state.h"

bool nested_is_vmx_instruction(u32 reason);
void nested_vmx_instruction(struct nested *n, u32 reason);

/* VMRESUME, the hot one: all that is seldom goes to nested_vmx_instruction(). */
void nested_vmresume(struct nested *n);

#endif
