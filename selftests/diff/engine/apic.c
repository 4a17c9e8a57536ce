// SPDX-License-Identifier: GPL-2.0-only
/*
 * The local APIC, in either mode: its timer, and interrupts for this CPU.
 */
#include "../lhv.h"
#include "apic.h"
#include "header.h"
#include "insn.h"
#include "safe.h"

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
#define ICR_BUSY	(1u << 12)
#define TDCR_1		0xb		/* a tick of the bus per count */
#define LVTT_MASKED	(1u << 16)
#define LVTT_MODE	(3u << 17)
#define LVTT_DEADLINE	(2u << 17)

static int apic_is_x2;

/* Linux's timer */
static struct {
	u32 lvtt, count, divide;
	u64 deadline;
} kept;

void apic_begin(u64 base)
{
	apic_is_x2 = base >> 10 & 1;
}

static u32 apic_read(u32 reg)
{
	u64 value = 0;

	if (!apic_is_x2)
		return *(volatile u32 *)(u64)(LHV_APIC + reg);
	safe_rdmsr(0x800 + (reg >> 4), &value);
	return value;
}

static void apic_write(u32 reg, u32 value)
{
	if (apic_is_x2)
		safe_wrmsr(0x800 + (reg >> 4), value);
	else
		*(volatile u32 *)(u64)(LHV_APIC + reg) = value;
}

static void apic_eoi(void)
{
	apic_write(APIC_EOI, 0);
}

static int apic_bit(u32 reg, u8 vector)
{
	return apic_read(reg + vector / 32 * 16) >> (vector % 32) & 1;
}

void apic_send_to_self(u32 icr)
{
	if (apic_is_x2) {
		safe_wrmsr(0x830, icr | (u64)apic_read(APIC_ID) << 32);
		return;
	}
	while (apic_read(APIC_ICR) & ICR_BUSY)
		;
	apic_write(APIC_ICR2, apic_read(APIC_ID) & 0xff000000);
	apic_write(APIC_ICR, icr);
}

void apic_stop_timer(void)
{
	kept.lvtt = apic_read(APIC_LVTT);
	kept.count = apic_read(APIC_TMCCT);
	kept.divide = apic_read(APIC_TDCR);
	safe_rdmsr(MSR_TSC_DEADLINE, &kept.deadline);
	apic_write(APIC_LVTT, LVTT_MASKED | LHV_VECTOR_WATCHDOG);
	apic_write(APIC_TDCR, TDCR_1);
}

void apic_restore_timer(void)
{
	apic_write(APIC_TMICT, 0);
	apic_write(APIC_TDCR, kept.divide);
	apic_write(APIC_LVTT, kept.lvtt);
	if ((kept.lvtt & LVTT_MODE) == LVTT_DEADLINE)
		safe_wrmsr(MSR_TSC_DEADLINE, kept.deadline);
	else if (kept.count)
		apic_write(APIC_TMICT, kept.count);
}

/*
 * The count first: in the emulator (2.7) Linux's deadline is still running until there is one, and would
 * be taken for this timer's end.
 */
void apic_start_watchdog(void)
{
	apic_write(APIC_TMICT, header.watchdog);
	apic_write(APIC_LVTT, LHV_VECTOR_WATCHDOG);
}

int apic_stop_watchdog(void)
{
	apic_write(APIC_LVTT, LVTT_MASKED | LHV_VECTOR_WATCHDOG);
	apic_write(APIC_TMICT, 0);
	return apic_bit(APIC_IRR, LHV_VECTOR_WATCHDOG) || apic_bit(APIC_ISR, LHV_VECTOR_WATCHDOG);
}

/*
 * Linux's IPIs are above the priority that waits; a CPU that sent one may wait for this one. Those that bring work
 * find none if they come once too often; the one that stops a CPU (0xf8) is not among them, because programs
 * execute INT with any vector.
 */
#define LINUX_WORKS	(1u << 0x6 | 1u << 0xb | 1u << 0xc | 1u << 0xd)	/* irq_work, calls, reschedule */

static u16 linux_vectors;	/* those from f0 on that were taken from Linux */

void apic_taken(u64 vector)
{
	if (vector >= 0xf0)
		linux_vectors |= 1u << (vector & 15) & LINUX_WORKS;
	apic_eoi();
}

void apic_give_back(void)
{
	u32 i;

	for (i = 0; i < 16; i++)
		if (linux_vectors >> i & 1)
			apic_send_to_self(0xf0 + i);
	linux_vectors = 0;
}

/* The highest in service of those from f0 on, or 0 */
static u32 in_service(void)
{
	u32 bits = apic_read(APIC_ISR + 7 * 16) >> 16;

	return bits ? 0xf0 + 31 - __builtin_clz(bits) : 0;
}

void apic_drain(void)
{
	u32 vector;
	int i;

	for (i = 0; i < 16 && (vector = in_service()); i++)
		apic_taken(vector);
	asm volatile("sti\n\tnop\n\tnop\n\tnop\n\tcli" ::: "memory");
}
