/* SPDX-License-Identifier: GPL-2.0-only */
/* The PDPTEs of an L2 with PAE paging, and of a host with PAE paging. */
#ifndef NESTED_RUN_PDPTES_H
#define NESTED_RUN_PDPTES_H

#include "state.h"

/**
 * pdptes_load() - load the PDPTEs of an L2 that has PAE paging and no EPT12
 * @slot: L1's current VMCS; VMCS02 is current
 *
 * Without EPT12 the processor would read them from memory at CR3. L2 runs on EPT02, so they must be
 * in VMCS02.
 */
void pdptes_load(struct vmcs_slot *slot);

/**
 * pdptes_restore() - undo pdptes_load(), so that L1 finds the PDPTE fields that it wrote
 * @slot: L1's current VMCS; VMCS02 is current
 */
void pdptes_restore(struct vmcs_slot *slot);

/**
 * pdptes_load_host() - load L1's PDPTEs at an exit to a host with PAE paging
 * @n: L1's VMX; VMCS01 is current
 * @slot: the VMCS that L2 ran on
 *
 * This is SDM "Checking and Loading Host Page-Directory-Pointer-Table Entries".
 *
 * Return: false if one of them is wrong, which is a VMX abort.
 */
bool pdptes_load_host(const struct nested *n, const struct vmcs_slot *slot);

#endif
