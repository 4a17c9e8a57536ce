/* SPDX-License-Identifier: GPL-2.0-only */
/* What the processor says of itself when root asks. */
#ifndef ROOT_CPUID_H
#define ROOT_CPUID_H

#include "arch/types.h"
#include "arch/x86.h"

struct cpuid {
	u32 eax, ebx, ecx, edx;
};

#define CPUID_1_ECX_OSXSAVE	   BIT(27)
#define CPUID_7_ECX_OSPKE	   BIT(4)
#define CPUID_KEY_LOCKER	   0x19
#define CPUID_80000001_EDX_SYSCALL BIT(11)

/* Executes CPUID for the first subleaf of a leaf. */
static inline struct cpuid cpuid(u32 leaf)
{
	struct cpuid id = { .eax = leaf };

	asm volatile("cpuid" : "+a"(id.eax), "=b"(id.ebx), "+c"(id.ecx), "=d"(id.edx));
	return id;
}

static inline u32 cpuid_replace(u32 value, u32 bit, bool set)
{
	return set ? value | bit : value & ~bit;
}

/*
 * Does a leaf show CR4 or the mode, which are root's while root executes CPUID? By SDM "CPUID - CPU
 * Identification" these do, and CPUID_KEY_LOCKER. All others depend on the processor, XCR0 and MSRs
 * alone, and those are L1's while root runs.
 */
static inline bool cpuid_shows(u32 leaf)
{
	return leaf == 1 || leaf == 7 || leaf == 0x80000001;
}

/**
 * cpuid_show() - put in what such a leaf shows of L1
 * @id: what CPUID has answered in root; receives what it would have answered to L1
 * @leaf: EAX before
 * @subleaf: ECX before
 * @cr4: L1's CR4
 * @long_mode: L1 is in 64-bit mode
 */
static inline void cpuid_show(struct cpuid *id, u32 leaf, u32 subleaf, u64 cr4, bool long_mode)
{
	if (leaf == 1)
		id->ecx = cpuid_replace(id->ecx, CPUID_1_ECX_OSXSAVE, cr4 & X86_CR4_OSXSAVE);
	else if (leaf == 7 && !subleaf)
		id->ecx = cpuid_replace(id->ecx, CPUID_7_ECX_OSPKE, cr4 & X86_CR4_PKE);
	else if (leaf == 0x80000001 && !long_mode)
		id->edx &= ~CPUID_80000001_EDX_SYSCALL;
}

#endif
