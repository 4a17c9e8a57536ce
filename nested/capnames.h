/* SPDX-License-Identifier: GPL-2.0-only */
/* The VMX capability MSRs and the bits of control fields in words. Not linked into the root image. */
#ifndef NESTED_CAPNAMES_H
#define NESTED_CAPNAMES_H

#include "caps.h"
#include "types.h"

#define FIRST_CAP_MSR	MSR_IA32_VMX_BASIC
#define NR_CAP_MSRS	(MSR_IA32_VMX_EXIT_CTLS2 - MSR_IA32_VMX_BASIC + 1)

/* What the bits of a capability MSR say */
enum cap_layout {
	CAP_PLAIN,	/* each is of its own; some form numbers */
	CAP_CONTROLS,	/* the low half: must be 1 in the field; the high half: may be 1 */
	CAP_MAY_BE_1,
	CAP_MUST_BE_1,
};

/**
 * struct cap_msr - a capability MSR
 * @name: the SDM's
 * @word: what its bits are of
 * @layout: enum cap_layout
 */
struct cap_msr {
	const char *name;
	u8 word;
	u8 layout;
};

/**
 * cap_msr() - a capability MSR by number
 * @number: of the MSR
 *
 * Return: NULL where there is none.
 */
const struct cap_msr *cap_msr(u32 number);

/**
 * cap_bit_text() - a bit in the SDM's words ("enable EPT")
 * @word: what it is of
 * @bit: its number in the control field, or in the MSR where that is plain
 *
 * Return: NULL for a bit that is reserved, or part of a number.
 */
const char *cap_bit_text(enum cap_word word, unsigned int bit);

#endif /* NESTED_CAPNAMES_H */
