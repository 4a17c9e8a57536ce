/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Controls that change beside those of VMCS12, and whether they and the host state are the
 * usual ones.
 */
#ifndef NESTED_VMCS_CONTROLS_H
#define NESTED_VMCS_CONTROLS_H

#include "state.h"

/**
 * controls_load_at_entry() - set or clear a "load" control of VM entries in the current VMCS
 * @control: VM_ENTRY_LOAD_*
 * @on: set it
 */
void controls_load_at_entry(u32 control, bool on);

/**
 * controls_note_usual() - note whether the controls and the host state are the usual ones
 * @n: L1's VMX
 * @slot: the VMCS, whose controls and host state have been merged and checked
 *
 * This sets @usual of struct merged and @rare of struct vmcs_slot.
 */
void controls_note_usual(const struct nested *n, struct vmcs_slot *slot);

#endif
