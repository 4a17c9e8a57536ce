/* SPDX-License-Identifier: GPL-2.0-only */
/* The PDPTEs of an L2 with PAE paging, and of a host with PAE paging. */
#ifndef NESTED_RUN_PDPTES_H
#define NESTED_RUN_PDPTES_H

#include "state.h"

/* Without EPT12 the PDPTEs are in memory at CR3; with EPT02 they must be in VMCS02, which is current. */
void pdptes_load(struct vmcs_slot *slot);

/* L1 finds its own PDPTE fields, where L2 without EPT12 had others. VMCS02 is current. */
void pdptes_restore(struct vmcs_slot *slot);

/* SDM "Checking and Loading Host Page-Directory-Pointer-Table Entries". VMCS01 is current. */
bool pdptes_load_host(const struct nested *n, const struct vmcs_slot *slot);

#endif
