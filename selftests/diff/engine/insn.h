/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instructions and addresses that engine.c needs.
 */
#ifndef ENGINE_INSN_H
#define ENGINE_INSN_H

#include <stdint.h>

#define APIC_ID		0x20
#define APIC_EOI	0xb0
#define APIC_ISR	0x100
#define APIC_IRR	0x200
#define APIC_ICR	0x300
#define APIC_ICR2	0x310
#define APIC_LVTT	0x320
#define APIC_TMICT	0x380
#define APIC_TMCCT	0x390
#define APIC_TDCR	0x3e0
#define TDCR_1		0xb		/* a tick of the bus per count */
#define LVTT_MASKED	(1u << 16)
#define LVTT_MODE	(3u << 17)
#define LVTT_DEADLINE	(2u << 17)

/* The DMA page registers: what guests may use of the ports, because nothing happens there. */
#define DMA_PAGE_FIRST	0x80
#define DMA_PAGE_LAST	0x8f

#define MSR_APICBASE		0x1b
#define MSR_TSC_DEADLINE	0x6e0

void enter(void);
void apic_eoi(void);
uint64_t safe_vmread(uint64_t field, uint64_t *value);
uint64_t safe_vmwrite(uint64_t field, uint64_t value);
uint64_t safe_vmclear(const uint64_t *address);
uint64_t safe_vmxoff(void);
uint64_t safe_rdmsr(uint32_t msr, uint64_t *value);
uint64_t safe_wrmsr(uint32_t msr, uint64_t value);

#define READER(name, reg)						\
	static inline uint64_t name(void)				\
	{								\
		uint64_t value;						\
									\
		asm volatile("mov %%" reg ", %0" : "=r" (value) :: "memory"); \
		return value;						\
	}

#define WRITER(name, reg)						\
	static inline void name(uint64_t value)				\
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

static inline void outb(uint16_t port, uint8_t value)
{
	asm volatile("outb %0, %1" :: "a" (value), "d" (port));
}

#define read_dr(n) ({							\
	uint64_t value_;						\
	asm volatile("mov %%dr" #n ", %0" : "=r" (value_));		\
	value_; })
#define write_dr(n, value) asm volatile("mov %0, %%dr" #n :: "r" ((uint64_t)(value)))

#endif /* ENGINE_INSN_H */
