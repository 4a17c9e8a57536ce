/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instructions and registers.
 */
#ifndef ENGINE_INSN_H
#define ENGINE_INSN_H

#include "types.h"

/* The DMA page registers: what guests may use of the ports, because nothing happens there. */
#define DMA_PAGE_FIRST	0x80
#define DMA_PAGE_LAST	0x8f

#define CR0_TS			(1ull << 3)
#define CR0_NE			(1ull << 5)
#define CR4_VMXE		(1ull << 13)
#define CR4_PCIDE		(1ull << 17)
#define EFER_NX			(1ull << 11)
#define RFLAGS_CF		1
#define RFLAGS_ZF		0x40

#define MSR_APICBASE		0x1b
#define MSR_TSC_DEADLINE	0x6e0
#define MSR_S_CET		0x6a2
#define MSR_PL0_SSP		0x6a4
#define MSR_SSP_TABLE		0x6a8

#define READER(name, reg)						\
	static inline u64 name(void)					\
	{								\
		u64 value;						\
									\
		asm volatile("mov %%" reg ", %0" : "=r" (value) :: "memory"); \
		return value;						\
	}

#define WRITER(name, reg)						\
	static inline void name(u64 value)				\
	{								\
		asm volatile("mov %0, %%" reg :: "r" (value) : "memory"); \
	}

READER(read_cr0, "cr0")
READER(read_cr2, "cr2")
READER(read_cr3, "cr3")
READER(read_cr4, "cr4")
READER(read_cr8, "cr8")
WRITER(write_cr0, "cr0")
WRITER(write_cr2, "cr2")
WRITER(write_cr3, "cr3")
WRITER(write_cr4, "cr4")
WRITER(write_cr8, "cr8")
WRITER(write_dr7, "dr7")

static inline void outb(u16 port, u8 value)
{
	asm volatile("outb %0, %1" :: "a" (value), "d" (port));
}

/* Of debug register "n" */
#define read_dr(n) ({							\
	u64 value_;							\
	asm volatile("mov %%dr" #n ", %0" : "=r" (value_));		\
	value_; })
#define write_dr(n, value) asm volatile("mov %0, %%dr" #n :: "r" ((u64)(value)))

static inline void copy(void *to, const void *from, u64 bytes)
{
	asm volatile("rep movsb" : "+D" (to), "+S" (from), "+c" (bytes) :: "memory");
}

#endif
