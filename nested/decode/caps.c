// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VMX capability MSRs and the bits of control fields in words, for the Linux half and the CLI.
 * This is not linked into the root image.
 */
#include "arch/x86.h"
#include "decode/caps.h"

#include "arch/msr.h"
#include "arch/vmx.h"

_Static_assert(FIRST_CAP_MSR == MSR_IA32_VMX_BASIC, "the first");
_Static_assert(FIRST_CAP_MSR + NR_CAP_MSRS - 1 == MSR_IA32_VMX_EXIT_CTLS2, "the last");

#define MSR(number, name_, word_, layout_) \
	[(number) - FIRST_CAP_MSR] = { .name = name_, .word = word_, .layout = layout_ }

static const struct cap_msr cap_msrs[NR_CAP_MSRS] = {
	MSR(MSR_IA32_VMX_BASIC, "IA32_VMX_BASIC", CAP_BASIC, CAP_PLAIN),
	MSR(MSR_IA32_VMX_PINBASED_CTLS, "IA32_VMX_PINBASED_CTLS", CAP_PIN, CAP_CONTROLS),
	MSR(MSR_IA32_VMX_PROCBASED_CTLS, "IA32_VMX_PROCBASED_CTLS", CAP_PROC, CAP_CONTROLS),
	MSR(MSR_IA32_VMX_EXIT_CTLS, "IA32_VMX_EXIT_CTLS", CAP_EXIT, CAP_CONTROLS),
	MSR(MSR_IA32_VMX_ENTRY_CTLS, "IA32_VMX_ENTRY_CTLS", CAP_ENTRY, CAP_CONTROLS),
	MSR(MSR_IA32_VMX_MISC, "IA32_VMX_MISC", CAP_MISC, CAP_PLAIN),
	MSR(MSR_IA32_VMX_CR0_FIXED0, "IA32_VMX_CR0_FIXED0", CAP_CR0, CAP_MUST_BE_1),
	MSR(MSR_IA32_VMX_CR0_FIXED1, "IA32_VMX_CR0_FIXED1", CAP_CR0, CAP_MAY_BE_1),
	MSR(MSR_IA32_VMX_CR4_FIXED0, "IA32_VMX_CR4_FIXED0", CAP_CR4, CAP_MUST_BE_1),
	MSR(MSR_IA32_VMX_CR4_FIXED1, "IA32_VMX_CR4_FIXED1", CAP_CR4, CAP_MAY_BE_1),
	MSR(MSR_IA32_VMX_VMCS_ENUM, "IA32_VMX_VMCS_ENUM", CAP_NONE, CAP_PLAIN),
	MSR(MSR_IA32_VMX_PROCBASED_CTLS2, "IA32_VMX_PROCBASED_CTLS2", CAP_PROC2, CAP_CONTROLS),
	MSR(MSR_IA32_VMX_EPT_VPID_CAP, "IA32_VMX_EPT_VPID_CAP", CAP_EPT_VPID, CAP_PLAIN),
	MSR(MSR_IA32_VMX_TRUE_PINBASED_CTLS, "IA32_VMX_TRUE_PINBASED_CTLS", CAP_PIN, CAP_CONTROLS),
	MSR(MSR_IA32_VMX_TRUE_PROCBASED_CTLS, "IA32_VMX_TRUE_PROCBASED_CTLS", CAP_PROC,
	    CAP_CONTROLS),
	MSR(MSR_IA32_VMX_TRUE_EXIT_CTLS, "IA32_VMX_TRUE_EXIT_CTLS", CAP_EXIT, CAP_CONTROLS),
	MSR(MSR_IA32_VMX_TRUE_ENTRY_CTLS, "IA32_VMX_TRUE_ENTRY_CTLS", CAP_ENTRY, CAP_CONTROLS),
	MSR(MSR_IA32_VMX_VMFUNC, "IA32_VMX_VMFUNC", CAP_VMFUNC, CAP_MAY_BE_1),
	MSR(MSR_IA32_VMX_PROCBASED_CTLS3, "IA32_VMX_PROCBASED_CTLS3", CAP_PROC3, CAP_MAY_BE_1),
	MSR(MSR_IA32_VMX_EXIT_CTLS2, "IA32_VMX_EXIT_CTLS2", CAP_EXIT2, CAP_MAY_BE_1),
};

static const struct {
	u64 bit;
	u8 word;
	const char *text;
} cap_bits[] = {
#define CAP_BIT(word_, bit_, text_) { .bit = (bit_), .word = CAP_##word_, .text = text_ },
#include "arch/capbits.def"
#undef CAP_BIT
};

static const struct {
	u64 bit;
	u8 word;
	const char *reason;
} hidden[] = {
#define CAP_HIDDEN(word_, bit_, reason_) { .bit = (bit_), .word = CAP_##word_, .reason = reason_ },
#include "arch/caphidden.def"
#undef CAP_HIDDEN
};

const struct cap_msr *cap_msr(u32 number)
{
	return number - FIRST_CAP_MSR < NR_CAP_MSRS ? &cap_msrs[number - FIRST_CAP_MSR] : NULL;
}

const char *cap_bit_text(enum cap_word word, unsigned int bit)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cap_bits); i++) {
		if (cap_bits[i].word == word && cap_bits[i].bit == BIT_ULL(bit))
			return cap_bits[i].text;
	}
	return NULL;
}

const char *cap_hidden_reason(enum cap_word word, unsigned int bit)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hidden); i++) {
		if (hidden[i].word == word && hidden[i].bit == BIT_ULL(bit))
			return hidden[i].reason;
	}
	/* Each tertiary control is one of its own kind, so a new one cannot be trusted to be honoured. */
	return word == CAP_PROC3 && !cap_bit_text(word, bit) ? "Nestor does not know this control" : NULL;
}

static const char *const word_keys[NR_CAP_WORDS] = {
	[CAP_BASIC] = "basic",
	[CAP_MISC] = "misc",
	[CAP_PIN] = "pin",
	[CAP_PROC] = "proc",
	[CAP_PROC2] = "proc2",
	[CAP_PROC3] = "proc3",
	[CAP_EXIT] = "exit",
	[CAP_EXIT2] = "exit2",
	[CAP_ENTRY] = "entry",
	[CAP_VMFUNC] = "vmfunc",
	[CAP_EPT_VPID] = "ept-vpid",
	[CAP_CR0] = "cr0",
	[CAP_CR4] = "cr4",
};

static bool is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Append @text to @key in lower case, with a dash for what is neither a letter nor a digit. */
static size_t put_words(char key[CAP_KEY_SIZE], size_t at, const char *text)
{
	for (; *text && at + 1 < CAP_KEY_SIZE; text++) {
		char c = *text >= 'A' && *text <= 'Z' ? *text - 'A' + 'a' : *text;

		if (is_word_char(c))
			key[at++] = c;
		else if (is_word_char(key[at - 1]))
			key[at++] = '-';
	}
	while (!is_word_char(key[at - 1]))
		at--;
	return at;
}

bool cap_bit_key(enum cap_word word, unsigned int bit, char key[CAP_KEY_SIZE])
{
	const char *text = cap_bit_text(word, bit), *prefix = word_keys[word];
	size_t at = 0;

	if (!text)
		return false;
	while (*prefix)
		key[at++] = *prefix++;
	key[at++] = '.';
	key[put_words(key, at, text)] = '\0';
	return true;
}

static bool same_key(const char *key, const char *other, size_t len)
{
	while (len && *key && *key == *other) {
		key++;
		other++;
		len--;
	}
	return !len && !*key;
}

bool cap_bit_find(const char *key, size_t len, enum cap_word *word, unsigned int *bit)
{
	char known[CAP_KEY_SIZE];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cap_bits); i++) {
		*word = cap_bits[i].word;
		*bit = __builtin_ctzll(cap_bits[i].bit);
		if (cap_bit_key(*word, *bit, known) && same_key(known, key, len))
			return true;
	}
	return false;
}

/* What is zero, or does not exist, on a processor without a control */
static const struct {
	u64 bit;
	u64 mask;
	u16 msr;
	u8 word;
} implied[] = {
	{ CPU_BASED_ACTIVATE_SECONDARY_CONTROLS, ~0ull, MSR_IA32_VMX_PROCBASED_CTLS2, CAP_PROC },
	{ CPU_BASED_ACTIVATE_SECONDARY_CONTROLS, ~0ull, MSR_IA32_VMX_EPT_VPID_CAP, CAP_PROC },
	{ CPU_BASED_ACTIVATE_SECONDARY_CONTROLS, ~0ull, MSR_IA32_VMX_VMFUNC, CAP_PROC },
	{ CPU_BASED_ACTIVATE_TERTIARY_CONTROLS, ~0ull, MSR_IA32_VMX_PROCBASED_CTLS3, CAP_PROC },
	{ SECONDARY_EXEC_ENABLE_EPT, GENMASK_ULL(31, 0), MSR_IA32_VMX_EPT_VPID_CAP, CAP_PROC2 },
	{ SECONDARY_EXEC_ENABLE_VPID, GENMASK_ULL(47, 32), MSR_IA32_VMX_EPT_VPID_CAP, CAP_PROC2 },
	{ SECONDARY_EXEC_ENABLE_VMFUNC, ~0ull, MSR_IA32_VMX_VMFUNC, CAP_PROC2 },
	{ VM_EXIT_ACTIVATE_SECONDARY_CONTROLS, ~0ull, MSR_IA32_VMX_EXIT_CTLS2, CAP_EXIT },
};

static u64 implied_mask(u32 number, enum cap_word word, unsigned int bit)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(implied); i++) {
		if (implied[i].msr == number && implied[i].word == word &&
		    implied[i].bit == BIT_ULL(bit))
			return implied[i].mask;
	}
	return 0;
}

const char *cap_implied_reason(u32 number, unsigned int bit)
{
	const char *reason;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(implied); i++) {
		if (implied[i].msr != number || !(implied[i].mask & BIT_ULL(bit)))
			continue;
		reason = cap_hidden_reason(implied[i].word, __builtin_ctzll(implied[i].bit));
		if (reason)
			return reason;
	}
	return NULL;
}

u64 cap_mask(u32 number, enum cap_word word, unsigned int bit)
{
	const struct cap_msr *msr = cap_msr(number);

	if (!msr || word == CAP_BASIC || word == CAP_CR0 || word == CAP_CR4)
		return 0;
	if (msr->word != word)
		return implied_mask(number, word, bit);
	return BIT_ULL(msr->layout == CAP_CONTROLS ? bit + 32 : bit);
}
