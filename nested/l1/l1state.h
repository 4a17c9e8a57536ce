/* SPDX-License-Identifier: GPL-2.0-only */
/* L1's control registers, PDPTEs and state after INIT, as VMCS01 holds them. */
#ifndef NESTED_L1_L1STATE_H
#define NESTED_L1_L1STATE_H

#include "state.h"

/**
 * l1state_init() - give L1 a VPID, where INVVPID can invalidate what is tagged with it
 * @n: L1's VMX, with @caps; VMCS01 is current
 *
 * The entry that brought L1 here had "enable VPID" clear, and has flushed what was cached for
 * VPID 0.
 */
void l1state_init(struct nested *n);

/**
 * l1state_flush() - invalidate the linear and combined mappings that are L1's own
 * @n: L1's VMX; any VMCS is current
 *
 * Where VMCS01 has no VPID nothing is to be done, because each VM entry and exit invalidates them
 * (SDM "Operations that Invalidate Cached Mappings"), and INVVPID may not exist.
 */
void l1state_flush(const struct nested *n);

/**
 * l1state_cr_access() - execute a MOV of L1 to CR0 or CR4 that changes a bit Nestor owns
 * @n: L1's VMX; VMCS01 is current
 * @allow_vmx: false hides VMX from L1: CR4.VMXE is a reserved bit then
 *
 * Where the MOV is not allowed, L1 gets #GP(0).
 *
 * Return: false if the exit is for another access, which VMCS01 does not ask for.
 */
bool l1state_cr_access(struct nested *n, bool allow_vmx);

/**
 * l1state_load_pdptes() - load L1's PDPTEs from where its CR3 says
 * @n: L1's VMX; VMCS01 is current
 *
 * A MOV to CR0 does so when it switches PAE paging on, and a VM exit to a host with PAE paging (SDM
 * "PDPTE Registers").
 *
 * Return: false if a reserved bit is set in one of them; none is loaded then.
 */
bool l1state_load_pdptes(const struct nested *n);

/**
 * l1state_own_cr0() - choose the bits of CR0 that exit when L1 changes them
 * @n: L1's VMX, with @in_vmx as it is from now on; VMCS01 is current
 *
 * In VMX operation these are the bits that must be 1 there, else CR0.NE alone.
 */
void l1state_own_cr0(struct nested *n);

/**
 * l1state_load_init() - give L1 the state that INIT leaves
 * @n: L1's VMX; VMCS01 is current
 */
void l1state_load_init(struct nested *n);

#endif
