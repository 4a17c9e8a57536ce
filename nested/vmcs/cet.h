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

/**
 * cet_load_none() - VMCS01's entries load no CET state any more
 * @n: L1's VMX; VMCS01 is current
 *
 * L1 goes on with what is in the processor.
 */
void cet_load_none(struct nested *n);

/**
 * cet_keep() - as cet_load_none(), if VMCS01's entries load CET state at all
 * @n: L1's VMX; VMCS01 is current
 */
static inline void cet_keep(struct nested *n)
{
	if (unlikely(n->loads_cet))
		cet_load_none(n);
}

/**
 * cet_msr_written() - an MSR of L1 has been written: if VMCS01's entries load it, change the value
 * @n: L1's VMX; VMCS01 is current
 * @msr: number of the MSR, which may be any
 * @value: the value written
 */
void cet_msr_written(const struct nested *n, u32 msr, u64 value);

#endif
