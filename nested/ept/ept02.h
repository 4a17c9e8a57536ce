/* SPDX-License-Identifier: GPL-2.0-only */
/* EPT02: a software TLB of L1's EPT. */
#ifndef NESTED_EPT_EPT02_H
#define NESTED_EPT_EPT02_H

#include "state.h"

/**
 * ept02_choose() - find or make the EPT02 root for a VMCS12, and bring it up to date
 * @n: L1's VMX; VMCS02 is current
 * @slot: L1's current VMCS
 *
 * Return: the EPT pointer to run L2 on.
 */
u64 ept02_choose(struct nested *n, struct vmcs_slot *slot);

/**
 * ept02_init() - prepare EPT02, which has no root yet
 * @n: L1's VMX
 */
void ept02_init(struct nested *n);

/**
 * ept02_exit() - give the pages of all roots back to the pool
 * @n: L1's VMX
 */
void ept02_exit(struct nested *n);

/**
 * ept02_invalidate_context() - INVEPT of L1, single-context
 * @n: L1's VMX
 * @eptp: L1's EPT pointer; every root of the same EPT12 becomes stale, whatever the pointers'
 *	flags are
 */
void ept02_invalidate_context(struct nested *n, u64 eptp);

/**
 * ept02_invalidate_all() - INVEPT of L1, all-context: every root becomes stale
 * @n: L1's VMX
 */
void ept02_invalidate_all(struct nested *n);

/**
 * ept02_drop() - empty every root and SPPT02; their tables go back to the pool
 * @n: L1's VMX
 */
void ept02_drop(struct nested *n);

/**
 * ept02_empty_root() - empty a root; its tables go back to the pool
 * @n: L1's VMX
 * @root: the root
 *
 * The processor may hold pointers to the tables and is made to forget them.
 */
void ept02_empty_root(struct nested *n, struct ept02_root *root);

/**
 * ept02_flush_roots() - make the processor forget what it holds of all roots
 * @n: L1's VMX
 *
 * This is also how it forgets what it holds of SPPT02, which is tagged with any of the roots.
 */
void ept02_flush_roots(const struct nested *n);

#endif
