/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The image of a VMCS in L1's own region: what VMCLEAR leaves there and VMPTRLD reads.
 *
 * It begins behind the two words that the SDM defines ("Format of the VMCS Region") and is packed,
 * because IA32_VMX_BASIC may promise a region of 1,024 bytes.
 */
#ifndef NESTED_VMCS_IMAGE_H
#define NESTED_VMCS_IMAGE_H

#include "arch/fields.h"
#include "arch/types.h"

struct nested;
struct vmcs_slot;

/* Where a field of VMCS12 lives while its VMCS is in a slot. Those of an open one all live in one. */
enum image_home {
	HOME_VMCS02,
	HOME_SLOT,
	/* VMCS02, but software cannot write it there */
	HOME_READ_ONLY,
	NR_IMAGE_HOMES
};

#define NR_IMAGE_WIDTHS 3

/* A field in the order of the image. */
struct image_field {
	u16 encoding;
	u8 field;
};

/**
 * struct vmcs_image - the layout, the same for all VMCSs
 * @fields: by home, and in each home by width: 8, 4, 2 bytes
 * @nr: how many of each
 * @read_only: the fields of HOME_READ_ONLY, a bit each
 * @size: bytes of the region that it takes, those of the SDM included
 */
struct vmcs_image {
	struct image_field fields[NR_FIELDS];
	u8 nr[NR_IMAGE_HOMES][NR_IMAGE_WIDTHS];
	u64 read_only[(NR_FIELDS + 63) / 64];
	u16 size;
};

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
