/* SPDX-License-Identifier: GPL-2.0-only */
/* How a VMX instruction of L1 ends. VMCS01 is current. */
#ifndef NESTED_RUN_RESULT_H
#define NESTED_RUN_RESULT_H

#include "arch/checks.h"
#include "arch/insns.h"
#include "state.h"

/**
 * result_succeed() - end a VMX instruction with VMsucceed and move on to the next one
 * @n: L1's VMX
 * @reason: exit reason of the instruction
 */
void result_succeed(struct nested *n, u32 reason);

/**
 * result_fail() - end it with VMfail: VMfailValid if there is a current VMCS, else VMfailInvalid
 * @n: L1's VMX
 * @reason: exit reason of the instruction
 * @error: VM-instruction error
 *
 * VMfailValid is reported by an event.
 */
void result_fail(struct nested *n, u32 reason, u32 error);

/**
 * result_fail_valid() - end it with VMfailValid, without an event; there is a current VMCS
 * @n: L1's VMX
 * @reason: exit reason of the instruction
 * @error: VM-instruction error
 */
void result_fail_valid(struct nested *n, u32 reason, u32 error);

/**
 * result_fail_invalid() - end it with VMfailInvalid, without an event
 * @n: L1's VMX
 * @reason: exit reason of the instruction
 */
void result_fail_invalid(struct nested *n, u32 reason);

/**
 * result_refuse() - a VM entry has failed before it began: count it, leave an event, end it
 * @n: L1's VMX, with @entry_reason set
 * @error: VM-instruction error, or 0 for VMfailInvalid
 * @check: the check that failed
 */
void result_refuse(struct nested *n, u32 error, enum entry_check check);

#endif
