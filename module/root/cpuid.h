/* SPDX-License-Identifier: GPL-2.0-only */
/* What the processor says of itself when root asks. */
#ifndef ROOT_CPUID_H
#define ROOT_CPUID_H

#include "arch/types.h"

struct cpuid {
	u32 eax, ebx, ecx, edx;
};

/* Executes CPUID for the first subleaf of a leaf. */
static inline struct cpuid cpuid(u32 leaf)
{
	struct cpuid id = { .eax = leaf };

	asm volatile("cpuid" : "+a"(id.eax), "=b"(id.ebx), "+c"(id.ecx), "=d"(id.edx));
	return id;
}

#endif
