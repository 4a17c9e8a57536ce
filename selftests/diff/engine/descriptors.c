// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptors that cannot be written down before the engine is linked: the rest of tables.S.
 */
#include "../lhv.h"
#include "descriptors.h"
#include "frame.h"
#include "tables.h"

static struct { u32 reserved; u64 rsp[3]; u64 reserved2, ist[7]; u16 pad[5], iomap; }
	__attribute__((packed)) tss;

static void make_gate(int vector)
{
	u64 target = (u64)frame_vectors + vector * 16;
	u64 ist = vector == 2 || vector == 18 ? 2 : 1;
	u64 dpl = vector == LHV_INT_DONE || vector == 3 || vector == 4 ? 3 : 0;

	idt[vector].low = (target & 0xffff) | (u64)LHV_SEL_CS << 16 | ist << 32 | 0x8e00ull << 32 |
			  dpl << 45 | (target & 0xffff0000) << 32;
	idt[vector].high = target >> 32;
}

void descriptors_make(void)
{
	u64 base = (u64)&tss;
	int i;

	for (i = 0; i < 256; i++)
		make_gate(i);
	tss.ist[0] = (u64)fault_stack_end;
	tss.ist[1] = (u64)nmi_stack_end;
	tss.iomap = sizeof(tss);
	gdt[8] = (sizeof(tss) - 1) | (base & 0xffffff) << 16 | 0x89ull << 40 | (base >> 24 & 0xff) << 56;
	gdt[9] = base >> 32;
	/* 16-bit code finds the code page at 0. */
	gdt[14] = 0x00009b000000ffffull | (u64)((LHV_BASE + LHV_CODE) & 0xffffff) << 16 |
		  (u64)((LHV_BASE + LHV_CODE) >> 24) << 56;
}

u64 descriptors_tss(void)
{
	return (u64)&tss;
}
