/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The VMCS fields: their encodings, a dense index for tables, and which of them a processor with
 * given capabilities has.
 */
#ifndef NESTED_ARCH_FIELDS_H
#define NESTED_ARCH_FIELDS_H

#include "arch/caps.h"
#include "arch/types.h"

/* The encodings of the fields */
enum vmcs_field {
#define FIELD(name, encoding, cond, home, change, text)	name = encoding,
#include "arch/fields.def"
#undef FIELD
};

/* FI_<name>: the fields numbered without gaps, in the order of their encodings. */
enum field_index {
#define FIELD(name, encoding, cond, home, change, text)	FI_##name,
#include "arch/fields.def"
#undef FIELD
	NR_FIELDS
};

/* What a processor must support for a field to exist */
enum field_cond {
	COND_ALWAYS,
#define COND(name, word, mask, or_word, or_mask) COND_##name,
#include "arch/conds.def"
#undef COND
	/* As many of these fields exist as IA32_VMX_MISC says. */
	COND_CR3_TARGET,
	NR_FIELD_CONDS
};

/* Where a field of VMCS12 lives while its VMCS is in a slot */
enum field_home {
	HOME_VMCS02,
	HOME_SLOT,
	/* VMCS02, but software cannot write the field there. */
	HOME_READ_ONLY,
	NR_FIELD_HOMES
};

/* What must be merged and checked again before the next VM entry, after L1 has written a field */
enum field_change {
	CHANGES_NOTHING,
	CHANGES_CONTROLS,
	CHANGES_HOST,
};

/* SDM "Structure of VMCS Component Encoding" */
enum field_width { FIELD_WIDTH_16, FIELD_WIDTH_64, FIELD_WIDTH_32, FIELD_WIDTH_NATURAL };
enum field_type { FIELD_TYPE_CONTROL, FIELD_TYPE_READ_ONLY, FIELD_TYPE_GUEST, FIELD_TYPE_HOST };

#define FIELD_HIGH(encoding)	((encoding) & 1u)
#define FIELD_INDEX(encoding)	(((encoding) >> 1) & 0x1ffu)
#define FIELD_TYPE(encoding)	((enum field_type)(((encoding) >> 10) & 3u))
#define FIELD_WIDTH(encoding)	((enum field_width)(((encoding) >> 13) & 3u))

/**
 * struct field_info - the fixed facts of a field
 * @encoding: the encoding of the full access, as VMREAD takes it
 * @cond: enum field_cond
 * @width: enum field_width
 * @type: enum field_type
 * @home: enum field_home
 * @change: enum field_change
 *
 * The names are apart, in field_name(), because the root image has no use for them.
 */
struct field_info {
	u16 encoding;
	u8 cond;
	u8 width;
	u8 type;
	u8 home;
	u8 change;
};

extern const struct field_info field_table[NR_FIELDS];

/**
 * field_index() - the field that an encoding names
 * @encoding: the register operand of VMREAD or VMWRITE, in 64-bit mode all 64 bits of it
 *
 * The access type is ignored, except that "high" exists for 64-bit fields only. Whether it is
 * "high" the caller asks FIELD_HIGH().
 *
 * Return: an enum field_index, or -1 if the SDM defines no such field.
 */
int field_index(u64 encoding);

/**
 * field_supported() - does a processor with these capabilities have a field?
 * @index: the field
 * @caps: the capabilities
 *
 * Return: true if it does.
 */
bool field_supported(enum field_index index, const struct vmx_caps *caps);

/**
 * field_bits() - the number of bits that a full access transfers
 * @index: the field
 *
 * Natural width is 64 bits, because Nestor runs only on processors with Intel 64.
 *
 * Return: 16, 32 or 64.
 */
unsigned int field_bits(enum field_index index);

/**
 * field_read_only() - is a field one of the VM-exit information fields?
 * @index: the field
 *
 * Return: true if it is.
 */
static inline bool field_read_only(enum field_index index)
{
	return field_table[index].type == FIELD_TYPE_READ_ONLY;
}

#endif
