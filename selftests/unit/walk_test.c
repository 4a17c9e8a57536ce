// SPDX-License-Identifier: GPL-2.0-only
/* The page walk: all paging modes, all access rights, accessed and dirty flags. */
#include <string.h>

#include "arch/msr.h"
#include "arch/x86.h"
#include "random_walk.h"
#include "unit.h"
#include "l1/walk.h"

/* Where the tests put their tables. */
#define PML5	0x10000ULL
#define PML4	0x11000ULL
#define PDPT	0x12000ULL
#define PD	0x13000ULL
#define PT	0x14000ULL

#define URW	(PTE_P | PTE_RW | PTE_US)

static struct walk_ctx ctx;

/* All tables are there, and empty. */
static void tables(void)
{
	u64 table;

	memory_reset();
	for (table = PML5; table <= PT; table += 0x1000)
		memory_add(table);
	ctx = (struct walk_ctx){
		.cr0 = X86_CR0_PE | X86_CR0_PG | X86_CR0_WP,
		.rflags = X86_EFLAGS_FIXED,
		.maxphyaddr = 46,
		.page1g = true,
	};
}

/* 4-level paging; linear address 0x8000604567 goes through entries 1, 0, 3, 4. */
#define LA_LONG		0x8000604567ULL
#define LONG_PML4E	(PML4 + 1 * 8)
#define LONG_PDPTE	(PDPT + 0 * 8)
#define LONG_PDE	(PD + 3 * 8)
#define LONG_PTE	(PT + 4 * 8)
#define LONG_PAGE	0x23456789a000ULL

static void tables_4level(void)
{
	tables();
	ctx.cr3 = PML4;
	ctx.cr4 = X86_CR4_PAE;
	ctx.efer = EFER_LME | EFER_LMA | EFER_NX;
	memory_set64(LONG_PML4E, PDPT | URW);
	memory_set64(LONG_PDPTE, PD | URW);
	memory_set64(LONG_PDE, PT | URW);
	memory_set64(LONG_PTE, LONG_PAGE | URW);
}

/* 32-bit paging; 0x00c04567 goes through entries 3 and 4. */
#define LA_32BIT	0x00c04567ULL
#define NARROW_PDE	(PD + 3 * 4)
#define NARROW_PTE	(PT + 4 * 4)
#define NARROW_PAGE	0x98765000ULL

static void tables_32bit(void)
{
	tables();
	ctx.cr3 = PD;
	memory_set32(NARROW_PDE, (u32)(PT | URW));
	memory_set32(NARROW_PTE, (u32)(NARROW_PAGE | URW));
}

/* PAE paging; 0x40604567 goes through PDPTE 1 and entries 3 and 4. */
#define LA_PAE		0x40604567ULL

static void tables_pae(void)
{
	tables();
	ctx.cr3 = PDPT;
	ctx.cr4 = X86_CR4_PAE;
	ctx.efer = EFER_NX;
	ctx.pdpte[1] = PD | PTE_P;
	memory_set64(LONG_PDE, PT | URW);
	memory_set64(LONG_PTE, LONG_PAGE | URW);
}

static void check_phys(u64 linear, unsigned int access, u64 expected)
{
	struct fault fault = { 0 };
	u64 phys = ~expected;

	CHECK_EQ(walk_linear(&ctx, linear, access, &phys, &fault), WALK_OK);
	CHECK_EQ(phys, expected);
}

static void check_fault(u64 linear, unsigned int access, u32 error)
{
	struct fault fault = { 0 };
	u64 phys = 0x5555;

	CHECK_EQ(walk_linear(&ctx, linear, access, &phys, &fault), WALK_FAULT);
	CHECK_EQ(fault.vector, PF_VECTOR);
	CHECK(fault.has_error);
	CHECK_EQ(fault.error, error);
	CHECK_EQ(fault.cr2, linear);
	CHECK_EQ(phys, 0x5555);
}

static void set_bits(u64 pa, u64 bits)
{
	memory_set64(pa, memory_get64(pa) | bits);
}

static void clear_bits(u64 pa, u64 bits)
{
	memory_set64(pa, memory_get64(pa) & ~bits);
}

static void no_paging(void)
{
	tables();
	ctx.cr0 = X86_CR0_PE;
	check_phys(0x12345678, WALK_WRITE, 0x12345678);
	check_phys(0xf12345678, WALK_READ, 0x12345678);
}

static void paging_32bit(void)
{
	tables_32bit();
	check_phys(LA_32BIT, WALK_WRITE, NARROW_PAGE | 0x567);
	/* Bits above 31 of a linear address do not exist there. */
	check_phys(LA_32BIT | 0xff00000000, WALK_READ, NARROW_PAGE | 0x567);
	check_fault(0x00c05000, WALK_READ, 0);
	check_fault(0xffc00000, WALK_WRITE, X86_PF_WRITE);
}

/* PSE-36: bits 39:32 of the page's address stand in bits 20:13. */
static void pages_of_4m(void)
{
	tables_32bit();
	memory_set32(NARROW_PDE, 0xabc00000 | 0x12 << 13 | PTE_PS | (u32)URW);
	ctx.cr4 = X86_CR4_PSE;
	check_phys(LA_32BIT, WALK_READ, 0x12abc04567);
	/* Without CR4.PSE the same bit is ignored, and the entry names a table. */
	ctx.cr4 = 0;
	memory_set32(NARROW_PDE, (u32)(PT | URW | PTE_PS));
	check_phys(LA_32BIT, WALK_READ, NARROW_PAGE | 0x567);
}

static void reserved_bits_of_4m_pages(void)
{
	unsigned int width, bit;

	for (width = 32; width <= 52; width++) {
		for (bit = 12; bit <= 21; bit++) {
			const unsigned int high = width < 40 ? width : 40;

			tables_32bit();
			ctx.cr4 = X86_CR4_PSE;
			ctx.maxphyaddr = (u8)width;
			memory_set32(NARROW_PDE, 0xabc00000 | 1u << bit | PTE_PS | (u32)URW);
			if (bit >= 13 && bit > high - 20)
				check_fault(LA_32BIT, WALK_READ, X86_PF_PROT | X86_PF_RSVD);
			else
				check_phys(LA_32BIT, WALK_READ, 0xabc04567 |
					   (bit == 12 ? 0 : 1ULL << (bit + 19)));
		}
	}
}

static void paging_pae(void)
{
	tables_pae();
	check_phys(LA_PAE, WALK_WRITE, LONG_PAGE | 0x567);
	check_fault(LA_PAE + 0x40000000, WALK_READ, 0);
	clear_bits(LONG_PTE, PTE_P);
	check_fault(LA_PAE, WALK_WRITE, X86_PF_WRITE);
}

static void pages_of_2m_in_pae_paging(void)
{
	tables_pae();
	memory_set64(LONG_PDE, 0xabcde00000 | PTE_PS | URW);
	check_phys(LA_PAE, WALK_READ, 0xabcde04567);
	set_bits(LONG_PDE, BIT_ULL(13));
	check_fault(LA_PAE, WALK_READ, X86_PF_PROT | X86_PF_RSVD);
}

/* In PAE paging bits 62:52 are reserved too, in 4-level paging they are ignored. */
static void bits_52_to_62(void)
{
	unsigned int bit;

	for (bit = 46; bit < 63; bit++) {
		tables_pae();
		set_bits(LONG_PTE, BIT_ULL(bit));
		check_fault(LA_PAE, WALK_READ, X86_PF_PROT | X86_PF_RSVD);

		tables_4level();
		set_bits(LONG_PTE, BIT_ULL(bit));
		if (bit < 52)
			check_fault(LA_LONG, WALK_READ, X86_PF_PROT | X86_PF_RSVD);
		else
			check_phys(LA_LONG, WALK_READ, LONG_PAGE | 0x567);
	}
}

static void paging_4level(void)
{
	tables_4level();
	check_phys(LA_LONG, WALK_WRITE, LONG_PAGE | 0x567);
	ctx.cr3 |= 0xfff;	/* PCID, PWT, PCD */
	check_phys(LA_LONG, WALK_READ, LONG_PAGE | 0x567);
}

static void not_present_at_each_level(void)
{
	static const u64 entries[] = { LONG_PML4E, LONG_PDPTE, LONG_PDE, LONG_PTE };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(entries); i++) {
		tables_4level();
		/* Where P is 0 nothing is reserved. */
		memory_set64(entries[i], ~(u64)PTE_P);
		check_fault(LA_LONG, WALK_READ, 0);
		ctx.cpl = 3;
		check_fault(LA_LONG, WALK_WRITE, X86_PF_WRITE | X86_PF_USER);
	}
}

static void reserved_bits_at_each_level(void)
{
	static const u64 entries[] = { LONG_PML4E, LONG_PDPTE, LONG_PDE, LONG_PTE };
	unsigned int i, width;

	for (i = 0; i < ARRAY_SIZE(entries); i++) {
		for (width = 36; width < 52; width++) {
			tables_4level();
			memory_set64(LONG_PTE, 0x55000 | URW);
			ctx.maxphyaddr = (u8)width;
			check_phys(LA_LONG, WALK_READ, 0x55567);
			set_bits(entries[i], BIT_ULL(width));
			check_fault(LA_LONG, WALK_READ, X86_PF_PROT | X86_PF_RSVD);
			ctx.cpl = 3;
			check_fault(LA_LONG, WALK_WRITE,
				    X86_PF_PROT | X86_PF_RSVD | X86_PF_WRITE | X86_PF_USER);
		}
		tables_4level();
		ctx.efer &= ~EFER_NX;
		set_bits(entries[i], PTE_XD);
		check_fault(LA_LONG, WALK_READ, X86_PF_PROT | X86_PF_RSVD);
	}
}

/* PS is reserved in a PML4E and, without 1-GByte pages, in a PDPTE. */
static void reserved_ps(void)
{
	tables_4level();
	set_bits(LONG_PML4E, PTE_PS);
	check_fault(LA_LONG, WALK_READ, X86_PF_PROT | X86_PF_RSVD);

	tables_4level();
	ctx.page1g = false;
	memory_set64(LONG_PDPTE, 0x40000000 | PTE_PS | URW);
	check_fault(LA_LONG, WALK_READ, X86_PF_PROT | X86_PF_RSVD);
	/* In a PTE the same bit is PAT. */
	tables_4level();
	set_bits(LONG_PTE, PTE_PS);
	check_phys(LA_LONG, WALK_READ, LONG_PAGE | 0x567);
}

static void large_pages(void)
{
	tables_4level();
	memory_set64(LONG_PDE, 0x1200000 | PTE_PS | URW);
	check_phys(LA_LONG, WALK_READ, 0x1204567);
	set_bits(LONG_PDE, BIT_ULL(12));	/* PAT */
	check_phys(LA_LONG, WALK_READ, 0x1204567);
	set_bits(LONG_PDE, BIT_ULL(20));
	check_fault(LA_LONG, WALK_READ, X86_PF_PROT | X86_PF_RSVD);

	memory_set64(LONG_PDPTE, 0x2040000000 | PTE_PS | URW);
	check_phys(LA_LONG, WALK_READ, 0x2040604567);
	set_bits(LONG_PDPTE, BIT_ULL(29));
	check_fault(LA_LONG, WALK_READ, X86_PF_PROT | X86_PF_RSVD);
}

static void paging_5level(void)
{
	const u64 linear = LA_LONG | 0x2000000000000;

	tables_4level();
	ctx.cr3 = PML5;
	ctx.cr4 |= X86_CR4_LA57;
	check_fault(linear, WALK_READ, 0);
	memory_set64(PML5 + 2 * 8, PML4 | URW);
	check_phys(linear, WALK_WRITE, LONG_PAGE | 0x567);
	check_fault(LA_LONG, WALK_READ, 0);
	set_bits(PML5 + 2 * 8, PTE_PS);
	check_fault(linear, WALK_READ, X86_PF_PROT | X86_PF_RSVD);
}

/* Negative addresses use the upper half of the tables. */
static void upper_half(void)
{
	tables_4level();
	memory_set64(PML4 + 511 * 8, PDPT | URW);
	memory_set64(PDPT + 510 * 8, 0x40000000 | PTE_PS | URW);
	check_phys(0xffffffff81234567, WALK_READ, 0x41234567);
}

/*
 * One rule per line: the page, the processor, the access, and what comes of it
 * (SDM "Determination of Access Rights"). Written down by hand.
 */
#define OK		0u
#define P		X86_PF_PROT
#define W		X86_PF_WRITE
#define U		X86_PF_USER
#define I		X86_PF_INSTR
#define K		X86_PF_PK

struct rule {
	const char *what;
	u64 clear;		/* in the PTE */
	u64 set;
	u64 no_cr0;
	u64 cr4;
	u64 rflags;
	u8 cpl;
	unsigned int access;
	u32 error;
	u32 pkru;
	u32 pkrs;
};

#define SMEP	X86_CR4_SMEP
#define SMAP	X86_CR4_SMAP
#define PKE	X86_CR4_PKE
#define PKS	X86_CR4_PKS
#define AC	X86_EFLAGS_AC
#define WP	X86_CR0_WP
#define KEY(n)	((u64)(n) << PTE_PKEY_SHIFT)
#define DENY(n)	(1u << (2 * (n)))
#define RO(n)	(2u << (2 * (n)))

static const struct rule rules[] = {
	{ "user reads user page", .cpl = 3 },
	{ "user writes user page", .cpl = 3, .access = WALK_WRITE },
	{ "user fetches user page", .cpl = 3, .access = WALK_FETCH },
	{ "user reads supervisor page", .clear = PTE_US, .cpl = 3, .error = P | U },
	{ "user writes supervisor page", .clear = PTE_US, .cpl = 3, .access = WALK_WRITE,
	  .error = P | W | U },
	{ "user fetches supervisor page", .clear = PTE_US, .cpl = 3, .access = WALK_FETCH,
	  .error = P | U | I },
	{ "user writes read-only page", .clear = PTE_RW, .cpl = 3, .access = WALK_WRITE,
	  .error = P | W | U },
	{ "user writes read-only page, no WP", .clear = PTE_RW, .no_cr0 = WP, .cpl = 3,
	  .access = WALK_WRITE, .error = P | W | U },
	{ "user fetches XD page", .set = PTE_XD, .cpl = 3, .access = WALK_FETCH,
	  .error = P | U | I },
	{ "user reads XD page", .set = PTE_XD, .cpl = 3 },
	{ "ring 1 is a supervisor", .clear = PTE_US, .cpl = 1 },
	{ "ring 2 is a supervisor", .clear = PTE_US, .cpl = 2, .access = WALK_WRITE },
	{ "explicit user access at ring 0", .clear = PTE_US, .access = WALK_USER, .error = P | U },
	{ "implicit access at ring 3", .clear = PTE_US, .cpl = 3, .access = WALK_IMPLICIT },

	{ "supervisor writes read-only page", .clear = PTE_RW, .access = WALK_WRITE,
	  .error = P | W },
	{ "supervisor writes read-only page, no WP", .clear = PTE_RW, .no_cr0 = WP,
	  .access = WALK_WRITE },
	{ "supervisor reads read-only page", .clear = PTE_RW },
	{ "supervisor fetches XD page", .clear = PTE_US, .set = PTE_XD, .access = WALK_FETCH,
	  .error = P | I },

	{ "fetch from user page", .access = WALK_FETCH },
	{ "SMEP: fetch from user page", .cr4 = SMEP, .access = WALK_FETCH, .error = P | I },
	{ "SMEP: fetch from supervisor page", .clear = PTE_US, .cr4 = SMEP, .access = WALK_FETCH },
	{ "SMEP: read of user page", .cr4 = SMEP },
	{ "SMEP: user fetches", .cr4 = SMEP, .cpl = 3, .access = WALK_FETCH },

	{ "SMAP: read of user page", .cr4 = SMAP, .error = P },
	{ "SMAP: write of user page", .cr4 = SMAP, .access = WALK_WRITE, .error = P | W },
	{ "SMAP: write of user page, no WP", .cr4 = SMAP, .no_cr0 = WP, .access = WALK_WRITE,
	  .error = P | W },
	{ "SMAP with AC: read", .cr4 = SMAP, .rflags = AC },
	{ "SMAP with AC: write", .cr4 = SMAP, .rflags = AC, .access = WALK_WRITE },
	{ "SMAP with AC: write of read-only page", .cr4 = SMAP, .rflags = AC, .clear = PTE_RW,
	  .access = WALK_WRITE, .error = P | W },
	{ "SMAP with AC: implicit read", .cr4 = SMAP, .rflags = AC, .access = WALK_IMPLICIT,
	  .error = P },
	{ "SMAP: implicit read at ring 3", .cr4 = SMAP, .rflags = AC, .cpl = 3,
	  .access = WALK_IMPLICIT, .error = P },
	{ "SMAP: read of supervisor page", .clear = PTE_US, .cr4 = SMAP },
	{ "SMAP: user reads user page", .cr4 = SMAP, .cpl = 3 },
	{ "SMAP: fetch from user page", .cr4 = SMAP, .access = WALK_FETCH },

	{ "PKE: key denies", .set = KEY(5), .cr4 = PKE, .cpl = 3, .pkru = DENY(5),
	  .error = P | U | K },
	{ "PKE: key denies a supervisor too", .set = KEY(5), .cr4 = PKE, .pkru = DENY(5),
	  .error = P | K },
	{ "PKE: other key", .set = KEY(6), .cr4 = PKE, .cpl = 3, .pkru = DENY(5) },
	{ "PKE off", .set = KEY(5), .cpl = 3, .pkru = DENY(5), .pkrs = DENY(5) },
	{ "PKE: fetch", .set = KEY(5), .cr4 = PKE, .cpl = 3, .access = WALK_FETCH,
	  .pkru = DENY(5) },
	{ "PKE: read with write disabled", .set = KEY(15), .cr4 = PKE, .cpl = 3, .pkru = RO(15) },
	{ "PKE: write with write disabled", .set = KEY(15), .cr4 = PKE, .cpl = 3,
	  .access = WALK_WRITE, .pkru = RO(15), .error = P | W | U | K },
	{ "PKE: supervisor write with write disabled", .set = KEY(1), .cr4 = PKE,
	  .access = WALK_WRITE, .pkru = RO(1), .error = P | W | K },
	{ "PKE: the same without WP", .set = KEY(1), .cr4 = PKE, .no_cr0 = WP,
	  .access = WALK_WRITE, .pkru = RO(1) },
	{ "PKE: user write without WP", .set = KEY(1), .cr4 = PKE, .no_cr0 = WP, .cpl = 3,
	  .access = WALK_WRITE, .pkru = RO(1), .error = P | W | U | K },
	{ "PKE does not guard supervisor pages", .clear = PTE_US, .set = KEY(5), .cr4 = PKE,
	  .pkru = DENY(5) },
	{ "PKE: key and read-only page", .clear = PTE_RW, .set = KEY(5), .cr4 = PKE, .cpl = 3,
	  .access = WALK_WRITE, .pkru = RO(5), .error = P | W | U | K },
	{ "PKS: key denies", .clear = PTE_US, .set = KEY(7), .cr4 = PKS, .pkrs = DENY(7),
	  .error = P | K },
	{ "PKS: write disabled", .clear = PTE_US, .set = KEY(7), .cr4 = PKS, .access = WALK_WRITE,
	  .pkrs = RO(7), .error = P | W | K },
	{ "PKS: write disabled, no WP", .clear = PTE_US, .set = KEY(7), .cr4 = PKS, .no_cr0 = WP,
	  .access = WALK_WRITE, .pkrs = RO(7) },
	{ "PKS: read with write disabled", .clear = PTE_US, .set = KEY(7), .cr4 = PKS,
	  .pkrs = RO(7) },
	{ "PKS does not guard user pages", .set = KEY(7), .cr4 = PKS, .pkrs = DENY(7) },
	{ "PKS: PKRU does not count", .clear = PTE_US, .set = KEY(7), .cr4 = PKS | PKE,
	  .pkru = DENY(7) },
};

static void access_rights(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		const struct rule *rule = &rules[i];
		struct fault fault = { 0 };
		u64 phys;
		int result;

		tables_4level();
		clear_bits(LONG_PTE, rule->clear);
		set_bits(LONG_PTE, rule->set);
		ctx.cr0 &= ~rule->no_cr0;
		ctx.cr4 |= rule->cr4;
		ctx.rflags |= rule->rflags;
		ctx.cpl = rule->cpl;
		ctx.pkru = rule->pkru;
		ctx.pkrs = rule->pkrs;
		result = walk_linear(&ctx, LA_LONG, rule->access, &phys, &fault);
		CHECK_MSG(result == (rule->error ? WALK_FAULT : WALK_OK), "%s: returned %d",
			  rule->what, result);
		CHECK_MSG(fault.error == rule->error, "%s: error code %#x, not %#x", rule->what,
			  fault.error, rule->error);
	}
}

/* A right that one level withholds is withheld; the key is the leaf's alone. */
static void all_levels_count(void)
{
	static const u64 upper[] = { LONG_PML4E, LONG_PDPTE, LONG_PDE };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(upper); i++) {
		tables_4level();
		clear_bits(upper[i], PTE_RW);
		check_fault(LA_LONG, WALK_WRITE, P | W);

		tables_4level();
		clear_bits(upper[i], PTE_US);
		ctx.cpl = 3;
		check_fault(LA_LONG, WALK_READ, P | U);

		tables_4level();
		set_bits(upper[i], PTE_XD);
		check_fault(LA_LONG, WALK_FETCH, P | I);

		tables_4level();
		set_bits(upper[i], KEY(3));
		ctx.cr4 |= PKE;
		ctx.pkru = DENY(3);
		check_phys(LA_LONG, WALK_READ, LONG_PAGE | 0x567);
	}
}

/* The I/D flag says "fetch" only where fetches can be told apart. */
static void instruction_flag(void)
{
	tables_32bit();
	check_fault(0, WALK_FETCH, 0);
	ctx.cr4 = X86_CR4_SMEP;
	check_fault(0, WALK_FETCH, I);
	ctx.cr4 = 0;
	ctx.efer = EFER_NX;
	check_fault(0, WALK_FETCH, 0);
	tables_pae();
	check_fault(0, WALK_FETCH, I);
	ctx.efer = 0;
	check_fault(0, WALK_FETCH, 0);
}

static void rights_in_32bit_paging(void)
{
	tables_32bit();
	memory_set32(NARROW_PTE, (u32)(NARROW_PAGE | PTE_P));
	ctx.cpl = 3;
	check_fault(LA_32BIT, WALK_READ, P | U);
	ctx.cpl = 0;
	check_phys(LA_32BIT, WALK_READ, NARROW_PAGE | 0x567);
	check_fault(LA_32BIT, WALK_WRITE, P | W);
	/* There are no protection keys there. */
	ctx.cr4 |= PKE | PKS;
	ctx.pkru = ctx.pkrs = ~0u;
	check_phys(LA_32BIT, WALK_READ, NARROW_PAGE | 0x567);
}

static void accessed_and_dirty(void)
{
	tables_4level();
	check_phys(LA_LONG, WALK_READ, LONG_PAGE | 0x567);
	CHECK_EQ(memory_get64(LONG_PML4E), PDPT | URW | PTE_A);
	CHECK_EQ(memory_get64(LONG_PDPTE), PD | URW | PTE_A);
	CHECK_EQ(memory_get64(LONG_PDE), PT | URW | PTE_A);
	CHECK_EQ(memory_get64(LONG_PTE), LONG_PAGE | URW | PTE_A);
	check_phys(LA_LONG, WALK_WRITE, LONG_PAGE | 0x567);
	CHECK_EQ(memory_get64(LONG_PDE), PT | URW | PTE_A);
	CHECK_EQ(memory_get64(LONG_PTE), LONG_PAGE | URW | PTE_A | PTE_D);
}

static void accessed_and_dirty_of_large_pages(void)
{
	tables_4level();
	memory_set64(LONG_PDE, 0x1200000 | PTE_PS | URW);
	check_phys(LA_LONG, WALK_WRITE, 0x1204567);
	CHECK_EQ(memory_get64(LONG_PDE), 0x1200000 | PTE_PS | URW | PTE_A | PTE_D);
	CHECK_EQ(memory_get64(LONG_PDPTE), PD | URW | PTE_A);
}

/* Entries of 4 bytes: the neighbours stay as they are. */
static void accessed_and_dirty_of_narrow_entries(void)
{
	tables_32bit();
	memory_set32(NARROW_PTE + 4, 0);
	memory_set32(NARROW_PTE - 4, 0);
	check_phys(LA_32BIT, WALK_WRITE, NARROW_PAGE | 0x567);
	CHECK_EQ(memory_get32(NARROW_PDE), PT | URW | PTE_A);
	CHECK_EQ(memory_get32(NARROW_PTE), NARROW_PAGE | URW | PTE_A | PTE_D);
	CHECK_EQ(memory_get32(NARROW_PTE + 4), 0);
	CHECK_EQ(memory_get32(NARROW_PTE - 4), 0);
}

static void no_flags_are_set_by_a_fault(void)
{
	static struct memory before;

	tables_4level();
	clear_bits(LONG_PTE, PTE_RW);
	memcpy(&before, &memory, sizeof(before));
	check_fault(LA_LONG, WALK_WRITE, P | W);
	CHECK(!memcmp(&before, &memory, sizeof(before)));
	clear_bits(LONG_PTE, PTE_P);
	memcpy(&before, &memory, sizeof(before));
	check_fault(LA_LONG, WALK_READ, 0);
	CHECK(!memcmp(&before, &memory, sizeof(before)));
}

static unsigned int exchanges;

static void count_exchange(u64 pa)
{
	(void)pa;
	exchanges++;
}

/* Flags that are set already are not written again: the table may be read-only memory. */
static void nothing_is_written_when_flags_are_set(void)
{
	tables_4level();
	check_phys(LA_LONG, WALK_WRITE, LONG_PAGE | 0x567);
	exchanges = 0;
	memory_before_cmpxchg = count_exchange;
	check_phys(LA_LONG, WALK_WRITE, LONG_PAGE | 0x567);
	CHECK_EQ(exchanges, 0);
	clear_bits(LONG_PTE, PTE_D);
	check_phys(LA_LONG, WALK_WRITE, LONG_PAGE | 0x567);
	CHECK_EQ(exchanges, 1);
}

/* Another processor maps another page between the walk and the exchange. */
static void remap_once(u64 pa)
{
	if (pa == LONG_PTE && !exchanges++)
		memory_set64(LONG_PTE, 0x77000 | URW);
}

static void a_changed_entry_is_walked_again(void)
{
	tables_4level();
	exchanges = 0;
	memory_before_cmpxchg = remap_once;
	check_phys(LA_LONG, WALK_WRITE, 0x77567);
	CHECK_EQ(memory_get64(LONG_PTE), 0x77000 | URW | PTE_A | PTE_D);
}

static void unmap_once(u64 pa)
{
	if (pa == LONG_PTE)
		memory_set64(LONG_PTE, 0);
}

static void an_entry_that_vanishes_faults(void)
{
	tables_4level();
	memory_before_cmpxchg = unmap_once;
	check_fault(LA_LONG, WALK_WRITE, W);
	CHECK_EQ(memory_get64(LONG_PTE), 0);
}

static void remap_always(u64 pa)
{
	if (pa == LONG_PTE)
		memory_set64(LONG_PTE, (++exchanges << 12) | URW);
}

static void endless_change_ends(void)
{
	struct fault fault;
	u64 phys;

	tables_4level();
	exchanges = 0;
	memory_before_cmpxchg = remap_always;
	CHECK_EQ(walk_linear(&ctx, LA_LONG, WALK_READ, &phys, &fault), WALK_AGAIN);
	CHECK(exchanges > 1 && exchanges < 1000);
}

/* A table that is not memory reads as all ones: reserved bits are set then. */
static void tables_that_are_not_memory(void)
{
	tables_4level();
	ctx.cr3 = 0xdead000;
	check_fault(LA_LONG, WALK_READ, P | X86_PF_RSVD);
	tables_32bit();
	ctx.cr4 = X86_CR4_PSE;
	ctx.cr3 = 0xdead000;
	check_fault(LA_32BIT, WALK_READ, P | X86_PF_RSVD);
}

static void check_compared(enum paging_mode mode, const struct random_access *what,
			   const struct compared *c)
{
	CHECK_MSG(compared_equal(c), "%s: address %#llx, access %#x", paging_mode_names[mode],
		  what->linear, what->access);
	if (compared_equal(c))
		return;
	CHECK_EQ(c->result, c->expected);
	CHECK_EQ(c->phys, c->expected_phys);
	CHECK_EQ(c->fault.error, c->expected_fault.error);
	CHECK_EQ(c->fault.cr2, c->expected_fault.cr2);
	CHECK(c->same_memory);
}

/* Any tables, any state: the code and the model agree on everything. */
static void against_the_model(enum paging_mode mode)
{
	unsigned int world, i, good = 0;

	for (world = 0; world < 40; world++) {
		random_tables(mode, unit_random);
		for (i = 0; i < 1500; i++) {
			const struct walk_ctx state = random_ctx(mode, unit_random);
			const struct random_access what = random_access(mode, unit_random);
			const struct compared c = compare_walks(&state, &what);

			check_compared(mode, &what, &c);
			good += c.result == WALK_OK;
		}
	}
	CHECK_MSG(mode == MODE_NONE || (good > 4000 && good < 56000),
		  "%u of 60000 succeeded: a poor choice of inputs", good);
}

static void no_paging_against_the_model(void)
{
	against_the_model(MODE_NONE);
}

static void paging_32bit_against_the_model(void)
{
	against_the_model(MODE_32BIT);
}

static void paging_pae_against_the_model(void)
{
	against_the_model(MODE_PAE);
}

static void paging_4level_against_the_model(void)
{
	against_the_model(MODE_4LEVEL);
}

static void paging_5level_against_the_model(void)
{
	against_the_model(MODE_5LEVEL);
}

static const struct unit_test tests[] = {
	TEST(no_paging),
	TEST(paging_32bit),
	TEST(pages_of_4m),
	TEST(reserved_bits_of_4m_pages),
	TEST(paging_pae),
	TEST(pages_of_2m_in_pae_paging),
	TEST(bits_52_to_62),
	TEST(paging_4level),
	TEST(not_present_at_each_level),
	TEST(reserved_bits_at_each_level),
	TEST(reserved_ps),
	TEST(large_pages),
	TEST(paging_5level),
	TEST(upper_half),
	TEST(access_rights),
	TEST(all_levels_count),
	TEST(instruction_flag),
	TEST(rights_in_32bit_paging),
	TEST(accessed_and_dirty),
	TEST(accessed_and_dirty_of_large_pages),
	TEST(accessed_and_dirty_of_narrow_entries),
	TEST(no_flags_are_set_by_a_fault),
	TEST(nothing_is_written_when_flags_are_set),
	TEST(a_changed_entry_is_walked_again),
	TEST(an_entry_that_vanishes_faults),
	TEST(endless_change_ends),
	TEST(tables_that_are_not_memory),
	TEST(no_paging_against_the_model),
	TEST(paging_32bit_against_the_model),
	TEST(paging_pae_against_the_model),
	TEST(paging_4level_against_the_model),
	TEST(paging_5level_against_the_model),
};

UNIT_MAIN(tests)
