/* SPDX-License-Identifier: GPL-2.0-only */
/* The VMX instructions of L1. */
#ifndef NESTED_RUN_VMXINSN_H
#define NESTED_RUN_VMXINSN_H

#include "state.h"

bool vmxinsn_is_one(u32 reason);
void vmxinsn_execute(struct nested *n, u32 reason);

/* VMRESUME, the hot one: all that is seldom goes to vmxinsn_execute(). */
void vmxinsn_vmresume(struct nested *n);

#endif
