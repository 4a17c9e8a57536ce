/* SPDX-License-Identifier: GPL-2.0-only */
/* What the bits of capabilities are of; apart from caps.h for the Linux half's sake (arch.h). */
#ifndef NESTED_ARCH_CAPWORDS_H
#define NESTED_ARCH_CAPWORDS_H

/* What a bit of a capability, of a control field or of both is of */
enum cap_word {
	CAP_NONE,
	CAP_BASIC,
	CAP_MISC,
	CAP_PIN,
	CAP_PROC,
	CAP_PROC2,
	CAP_PROC3,
	CAP_EXIT,
	CAP_EXIT2,
	CAP_ENTRY,
	CAP_VMFUNC,
	CAP_EPT_VPID,
	CAP_CR0,
	CAP_CR4,
	NR_CAP_WORDS
};

#endif
