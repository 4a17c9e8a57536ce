// SPDX-License-Identifier: GPL-2.0-only
/*
 * The image of the arena: what a program finds in memory. Built once.
 *
 * L1 (the engine) runs on page tables whose lower half is built here: the arena itself at LHV_BASE, and at
 * LHV_OPERAND_WINDOW a row of pages that an operand may hit or miss in every way. The guest sees its own
 * 256 KiB from address 0 on, with and without paging, with and without EPT (then as physical memory by its
 * page tables); the EPT maps the arena at its own physical address too.
 */
#include <string.h>

#include "arena.h"
#include "image.h"
#include "lhv.h"
#include "snippets.h"
#include "arch/vmx.h"
#include "arch/x86.h"

#define P		PTE_P
#define RW		PTE_RW
#define US		PTE_US
#define AD		(PTE_A | PTE_D)
#define EPT_RWX		7ull
#define EPT_WB		(6ull << 3)

static u64 *entry(u64 table, unsigned int index)
{
	return (u64 *)(arena_image + table) + index;
}

static void build_l1(void)
{
	static const struct { u8 page, operand; u64 flags; } pages[] = {
		{ 0, 0, P | RW | AD }, { 1, 1, P | AD }, { 2, 2, P | RW | AD },
		{ 4, 3, P | RW | US | AD }, { 5, 3, P | US | AD },
		{ 6, 4, P | RW | AD }, { 7, 5, P | RW | AD },
		{ 9, 0, P | RW | AD | 1ull << 51 }, { 10, 2, P | RW }, { 11, 2, P | RW | PTE_A },
		{ 12, 0, P | RW | AD | PTE_XD },
	};
	size_t i;

	*entry(LHV_PML4, 0) = (arena_pa + LHV_PDPT) | P | RW | US | AD;
	*entry(LHV_PML4_ALT, 0) = *entry(LHV_PML4, 0);
	*entry(LHV_PDPT, 1) = (arena_pa + LHV_PD) | P | RW | US | AD;
	*entry(LHV_PD, 0) = arena_pa | P | RW | PTE_PS | AD;
	*entry(LHV_PD, 1) = (arena_pa + 0x200000) | P | RW | PTE_PS | AD;
	*entry(LHV_PD, 128) = (arena_pa + LHV_WINDOW_PT) | P | RW | US | AD;
	for (i = 0; i < ARRAY_SIZE(pages); i++)
		*entry(LHV_WINDOW_PT, pages[i].page) =
			(arena_pa + LHV_OPERANDS + pages[i].operand * 0x1000) | pages[i].flags;
	*entry(LHV_WINDOW_PT, 0xd) = 0xf0000000ull | P | RW | AD | PTE_PCD;
	*entry(LHV_WINDOW_PT, 0x10) = (arena_pa + LHV_USER_CODE) | P | RW | US | AD;
	*entry(LHV_WINDOW_PT, 0x11) = (arena_pa + LHV_L1 + 0x5000) | P | RW | US | AD;
	*entry(LHV_WINDOW_PT, 0x13) = 0xfee00000ull | P | RW | AD | PTE_PCD;
}

/*
 * A guest that pushes without end must not come to its own page tables, whose changes the TLB may or may
 * not show: there is a page missing below its code.
 */
static bool is_guard(unsigned int page)
{
	return page == 0xf;
}

static void build_ept(void)
{
	u64 root = LHV_EPT, identity = (arena_pa >> 21) & 511;
	unsigned int i;

	*entry(root, 0) = (arena_pa + root + 0x1000) | EPT_RWX;
	*entry(root + 0x1000, 0) = (arena_pa + root + 0x2000) | EPT_RWX;
	/* The guest's addresses from 0 on, page by page. */
	*entry(root + 0x2000, 0) = (arena_pa + root + 0x3000) | EPT_RWX;
	for (i = 0; i < LHV_GUEST_SIZE / 4096; i++)
		if (!is_guard(i))
			*entry(root + 0x3000, i) =
				(arena_pa + LHV_GUEST + i * 4096) | EPT_RWX | EPT_WB;
	/* 2 MiB at 2 MiB, in one leaf. */
	*entry(root + 0x2000, 1) = (arena_pa + LHV_BIG) | EPT_RWX | EPT_WB | VMX_EPT_LEAF_BIT;
	/* The arena at its own address: half of it in pages, half in one leaf. */
	*entry(root + 0x1000, arena_pa >> 30) = (arena_pa + root + 0x4000) | EPT_RWX;
	if (arena_pa >> 30 == 0)
		*entry(root + 0x1000, 0) = (arena_pa + root + 0x2000) | EPT_RWX;
	{
		u64 pd = arena_pa >> 30 ? root + 0x4000 : root + 0x2000;

		*entry(pd, identity) = (arena_pa + root + 0x5000) | EPT_RWX;
		*entry(pd, identity + 1) = (arena_pa + LHV_BIG) | EPT_RWX | EPT_WB |
					   VMX_EPT_LEAF_BIT;
	}
	/* Only the guest's part: what a guest damages there, it shall damage itself with. */
	for (i = LHV_GUEST / 4096; i < (LHV_GUEST + LHV_GUEST_SIZE) / 4096; i++)
		*entry(root + 0x5000, i) = (arena_pa + i * 4096) | EPT_RWX | EPT_WB;
	/* A second root, for EPTP switching: the same below. */
	*entry(root + 0x8000, 0) = *entry(root, 0);
}

/* Sub-page permissions of the guest's pages: every other 128 bytes can be written to. */
static void build_sppt(void)
{
	const u64 root = LHV_EPT + 0x9000;
	unsigned int i;

	for (i = 0; i < 3; i++)
		*entry(root + i * 0x1000, 0) = (arena_pa + root + (i + 1) * 0x1000) | 1;
	/* The arena's own addresses come to the same tables. */
	*entry(root + 0x1000, arena_pa >> 30) = *entry(root + 0x1000, 0);
	*entry(root + 0x2000, arena_pa >> 21 & 511) = *entry(root + 0x2000, 0);
	for (i = 0; i < 512; i++)
		*entry(root + 0x3000, i) = 0x1111111111111111;
}

static u64 descriptor(u32 base, u32 limit, u32 access)
{
	return (limit & 0xffff) | (u64)(base & 0xffffff) << 16 | (u64)(access & 0xff) << 40 |
	       (u64)(limit >> 16 & 0xf) << 48 | (u64)(access >> 8 & 0xf0) << 48 |
	       (u64)(base >> 24) << 56;
}

static void build_guest_gdt(void)
{
	static const struct { u8 index; u32 base, limit, access; } segments[] = {
		{ 1, 0, 0xfffff, 0xa09b },	/* 08: 64-bit code */
		{ 2, 0, 0xfffff, 0xc093 },	/* 10: data */
		{ 3, 0, 0xfffff, 0xc09b },	/* 18: 32-bit code */
		{ 5, 0, 0x0ffff, 0x009b },	/* 28: 16-bit code */
		{ 6, 0, 0x0ffff, 0x0093 },	/* 30: 16-bit data */
		{ 7, 0, 0xfffff, 0xa0fb },	/* 38: user 64-bit code */
		{ 8, 0, 0xfffff, 0xc0f3 },	/* 40: user data */
		{ 9, 0, 0xfffff, 0xc0fb },	/* 48: user 32-bit code */
		{ 10, 0x4000, 0x67, 0x008b },	/* 50: 64-bit TSS */
		{ 12, 0x4100, 0x67, 0x008b },	/* 60: 32-bit TSS */
		{ 13, 0x4200, 0x67, 0x0089 },	/* 68: another, to switch to */
		{ 14, 0x4300, 0x2f, 0x0082 },	/* 70: LDT */
		{ 15, 0, 0x00fff, 0x4093 },	/* 78: data of one page */
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(segments); i++)
		*entry(LHV_GUEST + 0x1000, segments[i].index) =
			descriptor(segments[i].base, segments[i].limit, segments[i].access);
	/* 80: a task gate */
	*entry(LHV_GUEST + 0x1000, 16) = 0x68ull << 16 | 0x85ull << 40;
}

static void build_guest_idts(void)
{
	unsigned int i;
	u64 target;

	for (i = 0; i < 256; i++) {
		u8 *handler = arena_image + LHV_GUEST + 0x11000 + i * 16;
		bool has_error = i == 8 || (i >= 10 && i <= 14) || i == 17 || i == 21;

		/* vmcall, drop the error code, iretq. The others: vmcall, drop it, iret. */
		memcpy(handler, "\x0f\x01\xc1", 3);
		memcpy(handler + 3, has_error ? "\x48\x83\xc4\x08\x48\xcf" : "\x48\xcf",
		       has_error ? 6 : 2);
		memcpy(handler + 0x1000, "\x0f\x01\xc1", 3);
		memcpy(handler + 0x1003, has_error ? "\x83\xc4\x04\xcf" : "\xcf",
		       has_error ? 4 : 1);
		memcpy(handler + 0x2000, "\x0f\x01\xc1\xcf", 4);
		target = 0x11000 + i * 16;
		*entry(LHV_GUEST + 0x2000, i * 2) = (target & 0xffff) | 0x08ull << 16 |
						    0xeeull << 40 | (target >> 16) << 48;
		target += 0x1000;
		*entry(LHV_GUEST + 0x3000, i) = (target & 0xffff) | 0x18ull << 16 | 0xeeull << 40 |
						(target >> 16) << 48;
		/* Real mode: segment 1300, so that all fit. */
		*(u32 *)(arena_image + LHV_GUEST + i * 4) = 0x1300u << 16 | i * 16;
	}
}

static void build_guest_tss(void)
{
	u32 *tss = (u32 *)(arena_image + LHV_GUEST + 0x4200);

	/* 64-bit: RSP0; 32-bit: ESP0, SS0. */
	*(u64 *)(arena_image + LHV_GUEST + 0x4004) = 0x14800;
	*(u32 *)(arena_image + LHV_GUEST + 0x4104) = 0x14800;
	*(u32 *)(arena_image + LHV_GUEST + 0x4108) = 0x10;
	tss[1] = 0x14400;			/* ESP0 */
	tss[2] = 0x10;
	tss[7] = arena_pa + LHV_GUEST + 0xc000;	/* CR3 */
	tss[8] = 0x12000;			/* EIP: a VMCALL */
	tss[9] = 2;
	tss[14] = 0x14400;			/* ESP */
	tss[18] = 0x10;				/* ES, CS, SS, DS, FS, GS */
	tss[19] = 0x18;
	tss[20] = 0x10;
	tss[21] = 0x10;
	tss[22] = 0x10;
	tss[23] = 0x10;
}

static void build_guest_paging(void)
{
	u64 g = arena_pa + LHV_GUEST, big = arena_pa + LHV_BIG;
	unsigned int i;
	u64 flags;

	*entry(LHV_GUEST + 0x5000, 0) = (g + 0x6000) | P | RW | US | AD;
	*entry(LHV_GUEST + 0x6000, 0) = (g + 0x7000) | P | RW | US | AD;
	*entry(LHV_GUEST + 0x7000, 0) = (g + 0x8000) | P | RW | US | AD;
	*entry(LHV_GUEST + 0x7000, 1) = big | P | RW | US | PTE_PS | AD;
	*entry(LHV_GUEST + 0x9000, 0) = (g + 0xa000) | P;
	*entry(LHV_GUEST + 0xa000, 0) = (g + 0xb000) | P | RW | US | AD;
	*entry(LHV_GUEST + 0xa000, 1) = big | P | RW | US | PTE_PS | AD;
	*(u32 *)(arena_image + LHV_GUEST + 0xc000) = (g + 0xd000) | P | RW | US | AD;
	for (i = 0; i < LHV_GUEST_SIZE / 4096; i++) {
		/* data4..5 have never been touched */
		flags = i == 0x1c || i == 0x1d ? P | RW | US : P | RW | US | AD;
		if (is_guard(i))
			continue;
		*entry(LHV_GUEST + 0x8000, i) = (g + i * 4096) | flags;
		*entry(LHV_GUEST + 0xb000, i) = (g + i * 4096) | flags;
		((u32 *)(arena_image + LHV_GUEST + 0xd000))[i] = (g + i * 4096) | flags;
	}
}

/* The page-modification log: that of page 0 shows too. */
static void build_log(void)
{
	memset(arena_image + LHV_CONTROL + 0x8000, 0xff, 4096);
}

void image_build(void)
{
	memset(arena_image, 0, LHV_ARENA_SIZE);
	memcpy(arena_image, engine_image, engine_image_end - engine_image);
	build_l1();
	build_ept();
	build_sppt();
	build_log();
	build_guest_gdt();
	build_guest_idts();
	build_guest_tss();
	build_guest_paging();
}

void image_mark_regions(u32 revision)
{
	unsigned int i;

	for (i = 0; i < 15; i++)
		*(u32 *)(arena_image + LHV_REGIONS + i * 4096) = revision;
	*(u32 *)(arena_image + LHV_REGIONS + 0xd000) |= VMCS_SHADOW_INDICATOR;
	*(u32 *)(arena_image + LHV_REGIONS + 0xe000) ^= 0x15;
}
