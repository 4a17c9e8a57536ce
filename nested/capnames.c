// SPDX-License-Identifier: GPL-2.0-only
/* The VMX capability MSRs and the bits of control fields in words. Not linked into the root image. */
#include "capnames.h"

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
#include "capbits.def"
#undef CAP_BIT
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
