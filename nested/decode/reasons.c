// SPDX-License-Identifier: GPL-2.0-only
/* The basic exit reasons by name and in words. This is not linked into the root image. */
#include "arch/reasons.h"
#include "decode/reasons.h"

#include "arch/vmx.h"

static const struct {
	const char *name;
	const char *text;
} exit_reasons[] = {
#define EXIT_REASON(name_, number_, text_)	[number_] = { #name_, text_ },
#include "arch/reasons.def"
#undef EXIT_REASON
};

_Static_assert(ARRAY_SIZE(exit_reasons) == NR_EXIT_REASONS, "a counter per exit reason");

const char *reason_name(u32 reason)
{
	const u32 basic = reason & VMX_EXIT_REASON_BASIC_MASK;

	return basic < ARRAY_SIZE(exit_reasons) ? exit_reasons[basic].name : NULL;
}

const char *reason_text(u32 reason)
{
	const u32 basic = reason & VMX_EXIT_REASON_BASIC_MASK;

	return basic < ARRAY_SIZE(exit_reasons) ? exit_reasons[basic].text : NULL;
}
