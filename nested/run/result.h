/* SPDX-License-Identifier: GPL-2.0-only */
/* How a VMX instruction of L1 ends. */
#ifndef NESTED_RUN_RESULT_H
#define NESTED_RUN_RESULT_H

#include "arch/checks.h"
#include "arch/insns.h"
#include "state.h"

/*
 * The three ways a VMX instruction ends; all move on to the next instruction. result_fail_valid() is
 * result_fail() without an event and with a current VMCS.
 */
void result_succeed(struct nested *n, u32 reason);
void result_fail(struct nested *n, u32 reason, u32 error);
void result_fail_valid(struct nested *n, u32 reason, u32 error);
void result_fail_invalid(struct nested *n, u32 reason);

/* A VM entry has failed before it began, for @check; VMCS01 is current. Error 0 is VMfailInvalid. */
void result_refuse(struct nested *n, u32 error, enum entry_check check);

#endif
