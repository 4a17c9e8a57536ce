/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The image of a VMCS in L1's own region: what VMCLEAR leaves there and VMPTRLD reads.
 *
 * It begins after the two words that the SDM defines ("Format of the VMCS Region") and is packed,
 * because IA32_VMX_BASIC may promise a region of 1,024 bytes.
 */
#ifndef NESTED_VMCS_IMAGE_H
#define NESTED_VMCS_IMAGE_H

#include "state.h"

/* Lay the image out; n->flags must be known. */
void image_init(struct nested *n);

/**
 * image_read() - read a VMCS from L1's region into a slot
 * @n: L1's VMX; the slot's VMCS02, or its shadow VMCS if it is open, is current afterwards
 * @slot: the slot, with its address
 *
 * A region that VMCLEAR never wrote has no image: its fields are undefined by the SDM, and zero
 * here. Sets the launch state and whether it is a shadow VMCS too.
 */
void image_read(const struct nested *n, struct vmcs_slot *slot);

/**
 * image_write() - write a VMCS from a slot to L1's region
 * @n: L1's VMX; the slot's VMCS02, or its shadow VMCS if it is open, is current
 * @slot: the slot, with nothing left in its shadow
 * @launched: the launch state to leave there
 */
void image_write(const struct nested *n, const struct vmcs_slot *slot, bool launched);

/* VMCLEAR of a VMCS that is in no slot of this CPU: its launch state becomes clear. */
void image_clear(u64 address);

#endif
