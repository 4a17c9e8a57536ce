/* SPDX-License-Identifier: GPL-2.0-only */
/* EPT02: a software TLB of L1's EPT. */
#ifndef NESTED_EPT_EPT02_H
#define NESTED_EPT_EPT02_H

#include "state.h"

/**
 * ept02_choose() - the EPT pointer of VMCS02 for a VMCS12
 * @n: L1's VMX
 * @slot: the VMCS
 *
 * Return: the EPTP to run L2 on.
 */
u64 ept02_choose(struct nested *n, struct vmcs_slot *slot);

void ept02_init(struct nested *n);
void ept02_exit(struct nested *n);

/* L1's INVEPT. */
void ept02_invalidate_context(struct nested *n, u64 eptp);
void ept02_invalidate_all(struct nested *n);

/* Give every page of every EPT02 back to the pool. */
void ept02_drop(struct nested *n);

/* The processor may hold pointers to the tables of a root: it forgets them, and they go to the pool. */
void ept02_empty_root(struct nested *n, struct ept02_root *root);

/* What the processor holds of SPPT02 is tagged with EPT02's roots, any of them. */
void ept02_flush_roots(const struct nested *n);

#endif
