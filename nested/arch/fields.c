// SPDX-License-Identifier: GPL-2.0-only
/* The table of VMCS fields, an index of it by encoding, and which fields exist. */
#include "arch/fields.h"

#include "arch/vmx.h"

const struct field_info field_table[NR_FIELDS] = {
#define FIELD(name_, encoding_, cond_, home_, change_, text_) [FI_##name_] = {	\
	.encoding = (encoding_),				\
	.cond = COND_##cond_,					\
	.width = FIELD_WIDTH(encoding_),			\
	.type = FIELD_TYPE(encoding_),				\
	.home = HOME_##home_,					\
	.change = CHANGES_##change_,				\
},
#include "arch/fields.def"
#undef FIELD
};

/*
 * The index has one row per width and type. The SDM numbers the fields of a row nearly without
 * gaps, so a row is short. An entry is the field's index plus one.
 */
#define NR_GROUPS	16
#define GROUP_SIZE	42
#define GROUP(encoding)	(FIELD_WIDTH(encoding) * 4 + FIELD_TYPE(encoding))

static const u8 index_by_encoding[NR_GROUPS][GROUP_SIZE] = {
#define FIELD(name, encoding, cond, home, change, text)	\
	[GROUP(encoding)][FIELD_INDEX(encoding)] = FI_##name + 1,
#include "arch/fields.def"
#undef FIELD
};

/*
 * The type of a field says whether its home is read-only and whether a write changes the host
 * state. The table must agree with it.
 */
#define FIELD(name, encoding, cond, home, change, text)						\
	_Static_assert((FIELD_TYPE(encoding) == FIELD_TYPE_READ_ONLY) ==				\
			       (HOME_##home == HOME_READ_ONLY), #name ": home");		\
	_Static_assert((FIELD_TYPE(encoding) == FIELD_TYPE_HOST) ==				\
			       (CHANGES_##change == CHANGES_HOST), #name ": change");		\
	_Static_assert(FIELD_TYPE(encoding) != FIELD_TYPE_HOST || HOME_##home == HOME_SLOT,	\
		       #name ": home");
#include "arch/fields.def"
#undef FIELD

_Static_assert(NR_FIELDS < 256, "a field's index plus one fits into a byte");

#define ENCODING_BITS	0x6fffu		/* bit 12 and all above 14 are reserved */

int field_index(u64 encoding)
{
	const u32 index = FIELD_INDEX(encoding);

	if (encoding & ~(u64)ENCODING_BITS)
		return -1;
	if (FIELD_HIGH(encoding) && FIELD_WIDTH(encoding) != FIELD_WIDTH_64)
		return -1;
	if (index >= GROUP_SIZE)
		return -1;
	return (int)index_by_encoding[GROUP(encoding)][index] - 1;
}

unsigned int field_bits(enum field_index index)
{
	switch (field_table[index].width) {
	case FIELD_WIDTH_16:
		return 16;
	case FIELD_WIDTH_32:
		return 32;
	default:
		return 64;
	}
}

/* The bits of a capability word. Words that the existence of no field depends on are left out. */
static u64 cap_bits(const struct vmx_caps *caps, u8 word)
{
	switch (word) {
	case CAP_PIN:
		return caps->pin.allowed1;
	case CAP_PROC:
		return caps->proc.allowed1;
	case CAP_PROC2:
		return caps->proc2.allowed1;
	case CAP_PROC3:
		return caps->proc3;
	case CAP_EXIT:
		return caps->exit.allowed1;
	case CAP_EXIT2:
		return caps->exit2;
	case CAP_ENTRY:
		return caps->entry.allowed1;
	case CAP_VMFUNC:
		return caps->vmfunc;
	default:
		return 0;
	}
}

/* What a field needs to exist. One of two controls is enough where the SDM's footnote names two. */
struct cond_bits {
	u8 word;
	u8 or_word;
	u32 mask;
	u32 or_mask;
};

static const struct cond_bits cond_table[NR_FIELD_CONDS] = {
#define COND(name, word_, mask_, or_word_, or_mask_) [COND_##name] = {		\
	.word = CAP_##word_, .mask = (u32)(mask_),				\
	.or_word = CAP_##or_word_, .or_mask = (u32)(or_mask_),			\
},
#include "arch/conds.def"
#undef COND
};

/* IA32_VMX_MISC says how many CR3-target values there are. */
static bool cr3_target_exists(enum field_index index, const struct vmx_caps *caps)
{
	return (u32)(index - FI_CR3_TARGET_VALUE0) < VMX_MISC_NR_CR3_TARGETS(caps->misc);
}

bool field_supported(enum field_index index, const struct vmx_caps *caps)
{
	const u8 cond = field_table[index].cond;
	const struct cond_bits *bits = &cond_table[cond];

	if (cond == COND_ALWAYS)
		return true;
	if (cond == COND_CR3_TARGET)
		return cr3_target_exists(index, caps);
	return (cap_bits(caps, bits->word) & bits->mask) ||
	       (cap_bits(caps, bits->or_word) & bits->or_mask);
}
