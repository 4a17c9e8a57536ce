// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the processor can do, and the VMCS fields that it has.
 */
#include "caps.h"
#include "names.h"

struct caps caps;

static bool has_field[0x8000];

/* What is assumed where nothing can be asked: text can be made of programs all the same. */
static const struct caps no_caps = {
	.basic = 0x00d810000000002bull, .pin0 = 0x16, .pin1 = 0x7f, .cpu0 = 0x04006172, .cpu1 = 0xf7f9fffe,
	.exit0 = 0x36dfb, .exit1 = 0x7fffff, .entry0 = 0x11fb, .entry1 = 0xffff, .cpu2_1 = 0x57fff,
	.cr0_fixed0 = 0x80000021, .cr0_fixed1 = 0xffffffff, .cr4_fixed0 = 0x2000, .cr4_fixed1 = 0x3727ff,
	.cr0 = 0x80050033, .cr4 = 0x3606b0, .efer = 0xd01, .pat = 0x0007010600070106ull,
};

void caps_add_field(u16 encoding)
{
	has_field[encoding] = true;
}

bool caps_has_field(u16 encoding)
{
	return has_field[encoding];
}

void caps_assume(void)
{
	size_t i;

	caps = no_caps;
	for (i = 0; i < names_nr_fields; i++)
		caps_add_field(names_fields[i].encoding);
}
