/* SPDX-License-Identifier: GPL-2.0-only */
/* L1's control registers, PDPTEs and state after INIT, in VMCS01. */
#ifndef NESTED_L1_L1STATE_H
#define NESTED_L1_L1STATE_H

#include "state.h"

/**
 * l1state_cr_access() - MOV to CR0 or CR4 that changes a bit Nestor owns
 * @n: L1's VMX
 * @allow_vmx: false hides VMX: CR4.VMXE is a reserved bit then
 *
 * Return: false if the exit is none that VMCS01 asks for.
 */
bool l1state_cr_access(struct nested *n, bool allow_vmx);

/**
 * l1state_load_pdptes() - load L1's PDPTEs from where its CR3 says
 * @n: L1's VMX; VMCS01 is current
 *
 * SDM "PDPTE Registers": MOV to CR0 does so when it switches PAE paging on, and a VM exit to a host
 * with PAE paging.
 *
 * Return: false if a reserved bit is set in one; nothing is loaded then.
 */
bool l1state_load_pdptes(const struct nested *n);

/* In VMX operation L1 cannot change the fixed bits of CR0; outside, NE alone is Nestor's. */
void l1state_own_cr0(struct nested *n);
void l1state_load_init(struct nested *n);

#endif
