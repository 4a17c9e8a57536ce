/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where L1 has what.
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#define L1_PML4		0x1000ull
#define L1_PDPT		0x2000ull
#define L1_PD32		0x6000ull	/* for 32-bit paging */
#define L1_OPERAND	0x3ff8ull	/* so that 16-byte operands cross a page */
#define L1_DESCRIPTOR	0x5000ull
#define L1_VMXON	0x10000ull
#define L1_VMXON_2	0x11000ull
#define L1_PAGES	0x20000ull	/* bitmaps and such */
#define L1_LISTS	0x30000ull	/* MSR lists */
#define L1_TABLES	0x40000ull	/* EPT12 */
#define L1_SPP_TABLES	0x48000ull	/* SPPT12 */
#define L1_VMCS(i)	(0x100000ull + (i) * 0x1000ull)
#define L1_MAX_VMCS	512

#endif
