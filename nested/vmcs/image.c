// SPDX-License-Identifier: GPL-2.0-only
/*
 * The image of a VMCS in L1's region.
 *
 * A hypervisor that moves a virtual CPU to another CPU has the image written on one CPU and read on
 * the other, each time. So both are plain loops over lists made at the start, and nothing is looked
 * up per field.
 */
#include "arch/vmx.h"
#include "arch/x86.h"
#include "machine/contract.h"
#include "vmcs/image.h"
#include "vmcs/slot.h"

#define IMAGE_MAGIC  0x3331434d56524f4eull
#define IMAGE_OFFSET 8
#define IMAGE_FIELDS (IMAGE_OFFSET + sizeof(struct image_header))

struct image_header {
	u64 magic;
	u32 launched;
	u32 reserved;
};

/* The widest fields come first: 8, 4, 2 bytes. */
static const u8 bytes_of[NR_IMAGE_WIDTHS] = { 8, 4, 2 };
static const u8 rank_of[] = {
	[FIELD_WIDTH_16] = 2,
	[FIELD_WIDTH_64] = 0,
	[FIELD_WIDTH_32] = 1,
	[FIELD_WIDTH_NATURAL] = 0,
};

/* Work out where the fields of each home and width begin, and how many bytes all of them take. */
static void find_places(struct nested *n, struct image_field *next[][NR_IMAGE_WIDTHS])
{
	struct image_field *at = n->image.fields;
	unsigned int home, rank;

	n->image.size = IMAGE_FIELDS;
	for (home = 0; home < NR_FIELD_HOMES; home++) {
		for (rank = 0; rank < NR_IMAGE_WIDTHS; rank++) {
			next[home][rank] = at;
			at += n->image.nr[home][rank];
			n->image.size += n->image.nr[home][rank] * bytes_of[rank];
		}
	}
}

void image_init(struct nested *n)
{
	struct image_field *next[NR_FIELD_HOMES][NR_IMAGE_WIDTHS];
	enum field_home home;
	int field;

	__builtin_memset(&n->image, 0, sizeof(n->image));
	for (field = 0; field < NR_FIELDS; field++) {
		if (field_exists(n, field))
			n->image.nr[field_table[field].home][rank_of[field_table[field].width]]++;
	}
	find_places(n, next);
	for (field = 0; field < NR_FIELDS; field++) {
		if (!field_exists(n, field))
			continue;
		home = field_table[field].home;
		*next[home][rank_of[field_table[field].width]]++ = (struct image_field){
			.encoding = field_table[field].encoding,
			.field = field,
		};
		if (home == HOME_READ_ONLY)
			n->image.read_only[field / 64] |= BIT_ULL(field % 64);
	}
}

/* How far a loop over the image has come: the field and its bytes. */
struct cursor {
	const struct image_field *next;
	u8 *at;
};

ALWAYS_INLINE void read_fields(struct vmcs_slot *slot, struct cursor *c, unsigned int nr,
			       const enum field_home home, const unsigned int bytes)
{
	const struct image_field *end = c->next + nr;

#pragma GCC unroll 4
	for (; c->next < end; c->next++, c->at += bytes) {
		u64 value = 0;

		__builtin_memcpy(&value, c->at, bytes);
		slot->value[c->next->field] = value;
		if (home == HOME_VMCS02)
			m_vmwrite(c->next->encoding, value);
	}
}

/* @home says which fields of the image are read, @as how they are treated. */
ALWAYS_INLINE void read_home(const struct nested *n, struct vmcs_slot *slot, struct cursor *c,
			     const enum field_home home, const enum field_home as)
{
	read_fields(slot, c, n->image.nr[home][0], as, 8);
	read_fields(slot, c, n->image.nr[home][1], as, 4);
	read_fields(slot, c, n->image.nr[home][2], as, 2);
}

static void read_shadow(const struct nested *n, struct vmcs_slot *slot, struct cursor *c)
{
	m_vmptrld(slot->shadow);
	read_home(n, slot, c, HOME_VMCS02, HOME_VMCS02);
	read_home(n, slot, c, HOME_SLOT, HOME_VMCS02);
	read_home(n, slot, c, HOME_READ_ONLY, HOME_VMCS02);
	__builtin_memset(slot->override, 0, sizeof(slot->override));
	slot->overridden = false;
}

static void read_ordinary(const struct nested *n, struct vmcs_slot *slot, struct cursor *c)
{
	m_vmptrld(slot->vmcs02);
	read_home(n, slot, c, HOME_VMCS02, HOME_VMCS02);
	read_home(n, slot, c, HOME_SLOT, HOME_SLOT);
	read_home(n, slot, c, HOME_READ_ONLY, HOME_READ_ONLY);
	__builtin_memcpy(slot->override, n->image.read_only, sizeof(slot->override));
	slot->overridden = true;
}

void image_read(const struct nested *n, struct vmcs_slot *slot)
{
	u8 image[PAGE_4K_SIZE];
	const struct image_header *header = (const void *)(image + IMAGE_OFFSET);
	struct cursor c = { n->image.fields, image + IMAGE_FIELDS };

	m_phys_read(slot->address, image, n->image.size);
	slot->is_shadow = *(u32 *)image & VMCS_SHADOW_INDICATOR;
	if (header->magic != IMAGE_MAGIC)
		__builtin_memset(image, 0, n->image.size);
	slot->launched = header->launched == 1;
	if (slot_in_shadow(n, slot))
		read_shadow(n, slot, &c);
	else
		read_ordinary(n, slot, &c);
}

ALWAYS_INLINE u64 value_of(const struct vmcs_slot *slot, const struct image_field *f,
			   const enum field_home home)
{
	if (home == HOME_SLOT || (home == HOME_READ_ONLY && overlay_has(slot, f->field)))
		return slot->value[f->field];
	return m_vmread(f->encoding);
}

ALWAYS_INLINE void write_fields(const struct vmcs_slot *slot, struct cursor *c, unsigned int nr,
				const enum field_home home, const unsigned int bytes)
{
	const struct image_field *end = c->next + nr;

#pragma GCC unroll 4
	for (; c->next < end; c->next++, c->at += bytes) {
		u64 value = value_of(slot, c->next, home);

		__builtin_memcpy(c->at, &value, bytes);
	}
}

ALWAYS_INLINE void write_home(const struct nested *n, const struct vmcs_slot *slot,
			      struct cursor *c, const enum field_home home,
			      const enum field_home as)
{
	write_fields(slot, c, n->image.nr[home][0], as, 8);
	write_fields(slot, c, n->image.nr[home][1], as, 4);
	write_fields(slot, c, n->image.nr[home][2], as, 2);
}

void image_write(const struct nested *n, const struct vmcs_slot *slot, bool launched)
{
	u8 image[PAGE_4K_SIZE];
	struct image_header *header = (void *)(image + IMAGE_OFFSET);
	struct cursor c = { n->image.fields, image + IMAGE_FIELDS };

	*header = (struct image_header){ .magic = IMAGE_MAGIC, .launched = launched };
	write_home(n, slot, &c, HOME_VMCS02, HOME_VMCS02);
	if (slot_in_shadow(n, slot))
		write_home(n, slot, &c, HOME_SLOT, HOME_VMCS02);
	else
		write_home(n, slot, &c, HOME_SLOT, HOME_SLOT);
	write_home(n, slot, &c, HOME_READ_ONLY, HOME_READ_ONLY);
	m_phys_write(slot->address + IMAGE_OFFSET, image + IMAGE_OFFSET,
		     n->image.size - IMAGE_OFFSET);
}

void image_clear(u64 address)
{
	struct image_header header;

	if (!m_phys_read(address + IMAGE_OFFSET, &header, sizeof(header)) ||
	    header.magic != IMAGE_MAGIC)
		return;
	header.launched = 0;
	m_phys_write(address + IMAGE_OFFSET, &header, sizeof(header));
}
