/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The VMX capability MSRs and the bits of control fields in words, for the Linux half and the CLI.
 * This is not linked into the root image.
 */
#ifndef NESTED_DECODE_CAPS_H
#define NESTED_DECODE_CAPS_H

#include "arch/capwords.h"
#include "arch/types.h"

#define FIRST_CAP_MSR	0x480
#define NR_CAP_MSRS	20

/* What the bits of a capability MSR say */
enum cap_layout {
	CAP_PLAIN,	/* each bit says something of its own; some form numbers */
	CAP_CONTROLS,	/* the low half must be 1 in the field, the high half may be 1 */
	CAP_MAY_BE_1,
	CAP_MUST_BE_1,
};

/**
 * struct cap_msr - a capability MSR
 * @name: the SDM's name
 * @word: enum cap_word: the word that its bits belong to
 * @layout: enum cap_layout
 */
struct cap_msr {
	const char *name;
	u8 word;
	u8 layout;
};

/**
 * cap_msr() - look a capability MSR up
 * @number: number of the MSR
 *
 * Return: the MSR, or NULL where there is none.
 */
const struct cap_msr *cap_msr(u32 number);

/**
 * cap_bit_text() - the SDM's name of a bit ("enable EPT")
 * @word: the word that it belongs to
 * @bit: its number in the control field, or in the MSR if there is no control field
 *
 * Return: the name, or NULL for a bit that is reserved or part of a number.
 */
const char *cap_bit_text(enum cap_word word, unsigned int bit);

/**
 * cap_hidden_reason() - why L1 is not shown a capability
 * @word: the word that it belongs to
 * @bit: its number, as for cap_bit_text()
 *
 * Return: the reason, or NULL for a capability that L1 is shown.
 */
const char *cap_hidden_reason(enum cap_word word, unsigned int bit);

/* The bytes that any name of cap_bit_key() fits into */
#define CAP_KEY_SIZE	80

/**
 * cap_bit_key() - the name of a bit for programs ("proc2.enable-ept")
 * @word: the word that it belongs to
 * @bit: its number, as for cap_bit_text()
 * @key: receives the name: the word, a dot, and the SDM's name in lower case with dashes in between
 *
 * Return: false for a bit that cap_bit_text() has no name for.
 */
bool cap_bit_key(enum cap_word word, unsigned int bit, char key[CAP_KEY_SIZE]);

/**
 * cap_bit_find() - the bit that has a name for programs
 * @key: the name, as cap_bit_key() makes it
 * @len: length of the name
 * @word: receives the word that the bit belongs to
 * @bit: receives its number
 *
 * Return: false if there is none.
 */
bool cap_bit_find(const char *key, size_t len, enum cap_word *word, unsigned int *bit);

/**
 * cap_mask() - what a capability MSR loses when a capability is hidden
 * @number: number of the MSR
 * @word: the word that the capability belongs to
 * @bit: its number, as for cap_bit_text()
 *
 * Return: the bits that read as 0 then, those included that no processor without the capability
 * has. It is 0 for a bit of CR0, CR4 or IA32_VMX_BASIC, on which the meaning of other MSRs depends.
 */
u64 cap_mask(u32 number, enum cap_word word, unsigned int bit);

/**
 * cap_implied_reason() - why a bit of a capability MSR is lost with a capability of another word
 * @number: number of the MSR
 * @bit: number of the bit in the MSR
 *
 * Return: the reason for which Nestor hides that capability, or NULL where it hides none that this bit
 * depends on.
 */
const char *cap_implied_reason(u32 number, unsigned int bit);

#endif
