/* SPDX-License-Identifier: GPL-2.0-only */
/* VMLAUNCH and VMRESUME of L1. */
#ifndef NESTED_RUN_ENTRY_H
#define NESTED_RUN_ENTRY_H

#include "state.h"

/**
 * entry_vmentry() - execute a VMLAUNCH or VMRESUME of L1
 * @n: L1's VMX; VMCS01 is current, and afterwards VMCS02 if L2 is to run
 * @reason: exit reason of the instruction
 * @efer: L1's EFER
 */
void entry_vmentry(struct nested *n, u32 reason, u64 efer);

/**
 * entry_enter() - enter L2 with a VMCS whose launch state is known to be right
 * @n: L1's VMX, with @entry_reason set; VMCS01 is current, and afterwards VMCS02 if L2 is to run
 * @slot: L1's current VMCS
 * @efer: L1's EFER
 */
void entry_enter(struct nested *n, struct vmcs_slot *slot, u64 efer);

#endif
