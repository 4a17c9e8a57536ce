/* SPDX-License-Identifier: GPL-2.0-only */
/* CET state of L1 after an exit of L2. */
#ifndef NESTED_VMCS_CET_H
#define NESTED_VMCS_CET_H

#include "state.h"

/**
 * cet_load_host() - L1 goes on with the CET state that VMCS12 has for its host
 * @n: L1's VMX; VMCS01 is current
 * @slot: the VMCS that L2 ran on
 */
void cet_load_host(struct nested *n, const struct vmcs_slot *slot);

/* L1's CET state is in the processor and stays there: VMCS01, which is current, loads none. */
void cet_load_none(struct nested *n);

static inline void cet_keep(struct nested *n)
{
	if (unlikely(n->loads_cet))
		cet_load_none(n);
}

/* An MSR of L1's has been written: if VMCS01, which is current, loads it, it loads that. */
void cet_msr_written(const struct nested *n, u32 msr, u64 value);

#endif
