/* SPDX-License-Identifier: GPL-2.0-only */
/* VM-entry checks that the processor cannot make for L1. */
#ifndef NESTED_RUN_CHECKS_H
#define NESTED_RUN_CHECKS_H

#include "arch/checks.h"
#include "state.h"

/**
 * check_controls() - the checks on controls that the processor cannot make for L1
 * @n: L1's VMX
 * @slot: the VMCS, which has what L1 wrote to the shadow VMCS (shadow_to_slot())
 *
 * Return: CHECK_PASSED, or the check that failed: VM-instruction error 7.
 */
enum entry_check check_controls(const struct nested *n, const struct vmcs_slot *slot);

/**
 * check_host() - the checks on the host state, all of which are software's
 * @n: L1's VMX
 * @slot: the VMCS, which has what L1 wrote to the shadow VMCS (shadow_to_slot())
 * @long_mode: L1 is in IA-32e mode
 *
 * Return: CHECK_PASSED, or the check that failed: VM-instruction error 8.
 */
enum entry_check check_host(const struct nested *n, const struct vmcs_slot *slot, bool long_mode);

/**
 * check_link() - the checks on a VMCS link pointer that is not all ones
 * @n: L1's VMX
 * @slot: the VMCS
 *
 * Return: CHECK_PASSED, or the check that failed: exit reason 33.
 */
enum entry_check check_link(const struct nested *n, const struct vmcs_slot *slot);

/**
 * check_eptp() - the checks that VM entry, INVEPT and EPTP switching make on an EPT pointer
 * @n: L1's VMX
 * @eptp: EPT pointer
 *
 * Return: CHECK_PASSED, or the check that failed.
 */
enum entry_check check_eptp(const struct nested *n, u64 eptp);

/* Is a value valid for IA32_PAT? Three memory types are reserved. */
bool check_pat(u64 pat);

/**
 * check_of_failure() - the check that an entry failed which ended in an exit
 * @n: L1's VMX
 * @reason: exit reason
 * @qualification: exit qualification
 *
 * Return: the check of the link pointer that Nestor knew to fail, or one of CHECK_HW_*.
 */
enum entry_check check_of_failure(const struct nested *n, u32 reason, u64 qualification);

/* Does an EPT pointer pass check_eptp()? */
static inline bool check_eptp_valid(const struct nested *n, u64 eptp)
{
	return check_eptp(n, eptp) == CHECK_PASSED;
}

#endif
