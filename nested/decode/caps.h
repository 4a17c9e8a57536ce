/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The VMX capability MSRs and the bits of control fields in words. Not linked into the root image,
 * but into the Linux half.
 */
#ifndef NESTED_DECODE_CAPS_H
#define NESTED_DECODE_CAPS_H

#include "arch/capwords.h"
#include "arch/types.h"

#define FIRST_CAP_MSR	0x480
#define NR_CAP_MSRS	20

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

/**
 * cap_hidden_reason() - why L1 is not shown a capability
 * @word: what it is of
 * @bit: as for cap_bit_text()
 *
 * Return: NULL for one that Nestor honours.
 */
const char *cap_hidden_reason(enum cap_word word, unsigned int bit);

/* Room for any name that cap_bit_key() gives */
#define CAP_KEY_SIZE	80

/**
 * cap_bit_key() - the name of a bit for programs ("proc2.enable-ept")
 * @word: what it is of
 * @bit: as for cap_bit_text()
 * @key: receives it: the word, a dot, the SDM's words in lower case with dashes between
 *
 * Return: false for a bit that cap_bit_text() has no words for.
 */
bool cap_bit_key(enum cap_word word, unsigned int bit, char key[CAP_KEY_SIZE]);

/**
 * cap_bit_find() - the bit that cap_bit_key() gives a name
 * @key: the name
 * @len: its length
 * @word: receives what it is of
 * @bit: receives its number
 *
 * Return: false if there is none.
 */
bool cap_bit_find(const char *key, size_t len, enum cap_word *word, unsigned int *bit);

/**
 * cap_mask() - what of a capability MSR goes when a capability is hidden
 * @number: of the MSR
 * @word: what the capability is of
 * @bit: its number
 *
 * Return: the bits that read as 0 then, if any; those too that processors without the capability
 * have not. None for a bit of CR0 or CR4, or of IA32_VMX_BASIC, on which the meaning of other MSRs
 * depends.
 */
u64 cap_mask(u32 number, enum cap_word word, unsigned int bit);

#endif
