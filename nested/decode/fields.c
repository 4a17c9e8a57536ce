// SPDX-License-Identifier: GPL-2.0-only
/* The names of VMCS fields, for people. This is not linked into the root image. */
#include "arch/fields.h"
#include "decode/fields.h"

static const struct {
	const char *name;
	const char *text;
} field_names[NR_FIELDS] = {
#define FIELD(name_, encoding_, cond_, home_, change_, text_)	[FI_##name_] = { #name_, text_ },
#include "arch/fields.def"
#undef FIELD
};

const char *field_name(enum field_index index)
{
	return (u32)index < NR_FIELDS ? field_names[index].name : NULL;
}

const char *field_text(enum field_index index)
{
	return (u32)index < NR_FIELDS ? field_names[index].text : NULL;
}
