/* SPDX-License-Identifier: GPL-2.0-only */
/* The controls of VMCS02 that change beside VMCS12's, and what they mean for a transition. */
#ifndef NESTED_VMCS_CONTROLS_H
#define NESTED_VMCS_CONTROLS_H

#include "state.h"

/* Set or clear a "load" control of the VM entries of the VMCS that is current. */
void controls_load_at_entry(u32 control, bool on);

/* Controls and host state have been merged and checked: is there anything that seldom is? */
void controls_note_usual(const struct nested *n, struct vmcs_slot *slot);

#endif
