/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The image of a VMCS in L1's own region, which VMCLEAR leaves there and VMPTRLD reads.
 *
 * It begins after the two words that the SDM defines (SDM "Format of the VMCS Region") and is
 * packed, because IA32_VMX_BASIC may promise a region of 1,024 bytes.
 */
#ifndef NESTED_VMCS_IMAGE_H
#define NESTED_VMCS_IMAGE_H

#include "state.h"

/**
 * image_init() - lay the image out
 * @n: L1's VMX, which knows what fields exist
 */
void image_init(struct nested *n);

/**
 * image_read() - read a VMCS from L1's region into a slot
 * @n: L1's VMX; the slot's VMCS02 is current afterwards, or its shadow VMCS if slot_in_shadow()
 * @slot: the slot, with its address
 *
 * A region that VMCLEAR never wrote has no image. The SDM leaves its fields undefined, and here
 * they are zero. This also sets the launch state and whether it is a shadow VMCS.
 */
void image_read(const struct nested *n, struct vmcs_slot *slot);

/**
 * image_write() - write a VMCS from a slot to L1's region
 * @n: L1's VMX; the slot's VMCS02 is current, or its shadow VMCS if slot_in_shadow()
 * @slot: the slot, which has what L1 wrote to the shadow VMCS (shadow_to_slot())
 * @launched: the launch state to leave there
 */
void image_write(const struct nested *n, const struct vmcs_slot *slot, bool launched);

/**
 * image_clear() - clear the launch state of a VMCS that is in no slot of this CPU
 * @address: physical address of L1's VMCS region
 */
void image_clear(u64 address);

#endif
