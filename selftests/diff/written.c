// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a program has written to VMCS fields last, as far as its lines tell.
 */
#include "lhv.h"
#include "written.h"

static u64 written[0x8000];		/* by encoding */
static u16 noted[LHV_MAX_STEPS];	/* where there is something in it */
static size_t nr_noted;

void written_forget(void)
{
	while (nr_noted)
		written[noted[--nr_noted]] = 0;
}

bool written_fits(u32 encoding)
{
	return encoding < ARRAY_SIZE(written);
}

void written_note(u32 encoding, u64 value)
{
	if (!written_fits(encoding))
		return;
	if (!written[encoding] && nr_noted < ARRAY_SIZE(noted))
		noted[nr_noted++] = encoding;
	written[encoding] = value;
}

u64 written_last(u32 encoding)
{
	return written[encoding];
}
