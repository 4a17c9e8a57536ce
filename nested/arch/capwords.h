/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words that the bits of VMX capabilities belong to. This is apart from caps.h because the
 * Linux half has the names of vmx.h, which caps.h includes, from Linux's own headers.
 */
#ifndef NESTED_ARCH_CAPWORDS_H
#define NESTED_ARCH_CAPWORDS_H

/* The control field, or the capability MSR, or both, that a bit belongs to */
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
