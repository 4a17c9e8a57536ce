// SPDX-License-Identifier: GPL-2.0-only
/*
 * CET state of L1 after an exit of L2: IA32_S_CET, SSP and IA32_INTERRUPT_SSP_TABLE_ADDR.
 *
 * Root runs with CR4.CET clear and uses none of the three, and no VM exit to root loads them, so
 * they stay in the processor while root runs. An L2 without "load CET state" at VM entry has L1's,
 * and an L1 without it at VM exit goes on with L2's. After an exit of Nestor's own L2 goes on with
 * what it has, which need not be what an entry may load: SSP may have 64 bits outside 64-bit mode.
 *
 * With "load CET state" at VM exit L1 goes on with what VMCS12 has for its host. Root cannot write
 * SSP, so VMCS01's entry loads all three. It may go on to do so for as long as L1 stays with this
 * VMCS: each exit of L1 saves what the next entry loads (SDM "Saving Control Registers, Debug
 * Registers, and MSRs"), because the processor has the control. After an exit from another VMCS,
 * which loads no CET state, that would be wrong.
 */
#include "arch/msr.h"
#include "arch/vmx.h"
#include "machine/contract.h"
#include "vmcs/cet.h"
#include "vmcs/controls.h"

static void load(struct nested *n, bool on)
{
	controls_load_at_entry(VM_ENTRY_LOAD_CET_STATE, on);
	n->loads_cet = on;
}

/*
 * SDM "Loading Host Control Registers, Debug Registers, MSRs" and "Loading Host RIP, RSP, RFLAGS,
 * and SSP"
 */
void cet_load_host(struct nested *n, const struct vmcs_slot *slot)
{
	m_expect_current(n->vmcs01);
	m_vmwrite(GUEST_S_CET, SOFT(slot, HOST_S_CET));
	m_vmwrite(GUEST_SSP, SOFT(slot, HOST_SSP));
	m_vmwrite(GUEST_INTR_SSP_TABLE, SOFT(slot, HOST_INTR_SSP_TABLE));
	if (!n->loads_cet)
		load(n, true);
}

void cet_load_none(struct nested *n)
{
	load(n, false);
}

void cet_msr_written(const struct nested *n, u32 msr, u64 value)
{
	m_expect_current(n->vmcs01);
	if (likely(!n->loads_cet))
		return;
	if (msr == MSR_IA32_S_CET)
		m_vmwrite(GUEST_S_CET, value);
	else if (msr == MSR_IA32_INT_SSP_TAB)
		m_vmwrite(GUEST_INTR_SSP_TABLE, value);
}
