// SPDX-License-Identifier: GPL-2.0-only
/* The PDPTEs of an L2 with PAE paging, and of a host with PAE paging. */
#include "arch/vmx.h"
#include "arch/x86.h"
#include "l1/l1state.h"
#include "machine/contract.h"
#include "run/pdptes.h"

static bool uses_pae_paging(const struct vmcs_slot *slot)
{
	return (m_vmread(GUEST_CR0) & X86_CR0_PG) && (m_vmread(GUEST_CR4) & X86_CR4_PAE) &&
	       !(SOFT(slot, VM_ENTRY_CONTROLS) & VM_ENTRY_IA32E_MODE);
}

void pdptes_load(struct vmcs_slot *slot)
{
	u64 pdpte[4], cr3;
	unsigned int i;

	m_expect_current(slot->vmcs02);
	if (!uses_pae_paging(slot))
		return;
	cr3 = m_vmread(GUEST_CR3) & ~31ull & 0xffffffff;
	m_phys_read(cr3, pdpte, sizeof(pdpte));
	for (i = 0; i < 4; i++) {
		slot->value[FI_GUEST_PDPTR0 + i] = m_vmread(GUEST_PDPTR0 + 2 * i);
		m_vmwrite(GUEST_PDPTR0 + 2 * i, pdpte[i]);
	}
	slot->pdptes_loaded = true;
}

void pdptes_restore(struct vmcs_slot *slot)
{
	unsigned int i;

	if (!slot->pdptes_loaded)
		return;
	for (i = 0; i < 4; i++)
		m_vmwrite(GUEST_PDPTR0 + 2 * i, slot->value[FI_GUEST_PDPTR0 + i]);
	slot->pdptes_loaded = false;
}

bool pdptes_load_host(const struct nested *n, const struct vmcs_slot *slot)
{
	m_expect_current(n->vmcs01);
	if (likely(SOFT(slot, VM_EXIT_CONTROLS) & VM_EXIT_HOST_ADDR_SPACE_SIZE) ||
	    !(SOFT(slot, HOST_CR4) & X86_CR4_PAE))
		return true;
	return l1state_load_pdptes(n);
}
