// SPDX-License-Identifier: GPL-2.0-only
/* What `nestor vmcs list` shows of the VMCSs of L1: a record for each. */
#include "arch/vmx.h"
#include "vmcs/tracked.h"

struct tracked_vmcs *tracked_pick(struct nested *n, u64 address)
{
	/* L1 can write the records and make all of them look taken. The first will do then. */
	struct tracked_vmcs *pick = n->shared->tracked;
	bool found = false;
	unsigned int i;

	for (i = 0; i < NR_TRACKED_VMCS; i++) {
		struct tracked_vmcs *t = &n->shared->tracked[i];

		if (t->address == address)
			return t;
		if (t->slot < 0 &&
		    (!found || (pick->address != VMX_NO_VMCS && t->flags < pick->flags) ||
		     t->address == VMX_NO_VMCS)) {
			pick = t;
			found = true;
		}
	}
	__builtin_memset(pick, 0, sizeof(*pick));
	pick->address = address;
	return pick;
}

void tracked_update(struct nested *n, struct vmcs_slot *slot)
{
	u32 flags = TRACKED_ACTIVE;

	if (slot == n->current)
		flags |= TRACKED_CURRENT;
	if (slot->launched)
		flags |= TRACKED_LAUNCHED;
	if (slot->is_shadow)
		flags |= TRACKED_SHADOW;
	slot->tracked->flags = flags;
	slot->tracked->slot = slot - n->slots;
}

void tracked_forget(struct nested *n, u64 address)
{
	unsigned int i;

	for (i = 0; i < NR_TRACKED_VMCS; i++) {
		if (n->shared->tracked[i].address == address)
			n->shared->tracked[i].flags = 0;
	}
}

void tracked_init(struct nested *n)
{
	unsigned int i;

	for (i = 0; i < NR_TRACKED_VMCS; i++) {
		n->shared->tracked[i].address = VMX_NO_VMCS;
		n->shared->tracked[i].flags = 0;
		n->shared->tracked[i].slot = -1;
	}
}
