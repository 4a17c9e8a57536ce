// SPDX-License-Identifier: GPL-2.0-only
/* The checks of a VM entry by name and in words. This is not linked into the root image. */
#include "arch/checks.h"
#include "decode/checks.h"

static const struct {
	const char *name;
	const char *text;
	const char *section;
} entry_checks[] = {
#define ENTRY_CHECK(id_, number_, name_, text_, section_) \
	[number_] = { name_, text_, section_ },
#include "arch/checks.def"
#undef ENTRY_CHECK
};

_Static_assert(ARRAY_SIZE(entry_checks) == NR_ENTRY_CHECKS, "a counter per check");

const char *check_name(u32 check)
{
	return check < ARRAY_SIZE(entry_checks) ? entry_checks[check].name : NULL;
}

const char *check_text(u32 check)
{
	return check < ARRAY_SIZE(entry_checks) ? entry_checks[check].text : NULL;
}

const char *check_section(u32 check)
{
	return check < ARRAY_SIZE(entry_checks) ? entry_checks[check].section : NULL;
}
