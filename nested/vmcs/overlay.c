// SPDX-License-Identifier: GPL-2.0-only
/* Read-only fields of VMCS12 that software has set. */
#include "vmcs/overlay.h"

void overlay_set(struct vmcs_slot *slot, int field, u64 value)
{
	slot->overridden = true;
	slot->override[field / 64] |= BIT_ULL(field % 64);
	slot->value[field] = value;
}
