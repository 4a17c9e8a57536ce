// SPDX-License-Identifier: GPL-2.0-only
/* How L1's VMX begins and ends on a CPU. */
#include "arch/vmx.h"
#include "ept/ept02.h"
#include "l1/l1state.h"
#include "l1/undefined.h"
#include "machine/contract.h"
#include "nested.h"
#include "run/vmxinsn.h"
#include "vmcs/slot.h"

void nested_init(struct nested *n, const struct vmx_caps *caps, struct root_shared *shared,
		 u64 vmcs01, bool page1g)
{
	n->caps = caps;
	n->shared = shared;
	n->vmcs01 = vmcs01;
	n->page1g = page1g;
	n->next_event = shared->event_next;
	n->root_tr = m_vmread(HOST_TR_SELECTOR);
	n->missing = undefined_missing(caps);
	l1state_init(n);
	/*
	 * EPT02's tables may be given up when the pool is empty. The pages of VMCSs, and one EPT02
	 * to run on, may not.
	 */
	n->pool.reserved = 2 * NR_SLOTS + 2;
	ept02_init(n);
	slot_init(n);
	shared->slots = NR_SLOTS;
	shared->pool_pages = n->pool.total;
	shared->pool_free = n->pool.left;
	shared->current_vmcs = VMX_NO_VMCS;
}

void nested_exit(struct nested *n)
{
	if (n->in_vmx)
		vmxinsn_leave_vmx(n);
	slot_exit(n);
	ept02_exit(n);
	n->shared->slots_used = 0;
}

void nested_abandon(struct nested *n)
{
	set_in_l2(n, false);
	n->launch = false;
	m_vmptrld(n->vmcs01);
}
