// SPDX-License-Identifier: GPL-2.0-only
/*
 * The address space that root runs in: the image, and physical memory from address 0 on.
 *
 * Physical memory is not only what is RAM today, but all addresses at which RAM can come. So
 * devices are mapped too, and all of it as write-back. Root touches nothing that is no memory by
 * the MTRRs (root/machine.c), and the processor makes no speculative access there either: what the
 * MTRRs call uncacheable is so in a write-back mapping too (SDM "Selecting Memory Types for Pentium
 * III and More Recent Processor Families"). That needs pages that have one type each, because the
 * type of a large page with several is undefined (SDM "Large Page Size Considerations").
 */
#define pr_fmt(fmt) "nestor: " fmt

#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/sizes.h>
#include <asm/cpufeature.h>
#include <asm/io.h>
#include <asm/msr.h>
#include <asm/mtrr.h>
#include <asm/pgtable_types.h>
#include <asm/processor.h>
#include <asm/tlbflush.h>
#include "addrspace.h"
#include "carve.h"
#include "versions.h"
#include "root/abi.h"

#define GB_SHIFT   30
#define PML4_SHIFT 39

/* The ranges that have a type of their own: what type does not matter here. */
#define MAX_VARIABLE 32
#define MTRR_ENABLED BIT(11)
#define MTRR_VALID   BIT(11)

struct types {
	unsigned int nr;
	struct {
		u64 base, mask;
	} range[MAX_VARIABLE];
};

static void read_types(struct types *types)
{
	unsigned int i, count;
	u64 def, cap, base, mask;

	types->nr = 0;
	if (!boot_cpu_has(X86_FEATURE_MTRR) || rdmsrq_safe(MSR_MTRRcap, &cap) ||
	    rdmsrq_safe(MSR_MTRRdefType, &def) || !(def & MTRR_ENABLED))
		return;
	count = min_t(u64, cap & 0xff, MAX_VARIABLE);
	for (i = 0; i < count; i++) {
		rdmsrq(MTRRphysBase_MSR(i), base);
		rdmsrq(MTRRphysMask_MSR(i), mask);
		if (!(mask & MTRR_VALID))
			continue;
		types->range[types->nr].base = base & PAGE_MASK;
		types->range[types->nr++].mask = mask & PAGE_MASK;
	}
}

/* Below 1 MiB there are the fixed ranges. */
static bool one_type(const struct types *types, u64 pa, u64 size)
{
	unsigned int i;

	if (pa < SZ_1M)
		return false;
	for (i = 0; i < types->nr; i++) {
		/* The mask's bits from the size up say if a range meets the page, others cut it. */
		if (!((pa ^ types->range[i].base) & types->range[i].mask & ~(size - 1)) &&
		    (types->range[i].mask & (size - 1)))
			return false;
	}
	return true;
}

/* Finds or makes the table below entry @index of @table. */
static u64 *subtable(struct carve *c, u64 *table, unsigned int index)
{
	u64 *next;

	if (table[index] & _PAGE_PRESENT)
		return phys_to_virt(table[index] & PHYSICAL_PAGE_MASK);
	next = carve(c, PAGE_SIZE);
	if (next)
		table[index] = virt_to_phys(next) | _PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED;
	return next;
}

static int map_page(struct carve *c, u64 *pml4, u64 pa, unsigned int shift)
{
	const u64 bits = _PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED | _PAGE_DIRTY | _PAGE_NX;
	u64 va = ROOT_PHYS_BASE + pa, *table = pml4;
	unsigned int level;

	for (level = PML4_SHIFT; level > shift; level -= 9) {
		table = subtable(c, table, va >> level & 511);
		if (!table)
			return -ENOMEM;
	}
	table[va >> shift & 511] = pa | bits | (shift > PAGE_SHIFT ? _PAGE_PSE : 0);
	return 0;
}

/* Maps a naturally aligned range in the largest pages that have one memory type each. */
static int map_range(struct carve *c, const struct types *types, u64 *pml4, u64 pa,
		     unsigned int shift)
{
	bool there = shift < GB_SHIFT || boot_cpu_has(X86_FEATURE_GBPAGES);
	unsigned int i;
	int err = 0;

	if (shift == PAGE_SHIFT || (there && one_type(types, pa, 1ull << shift)))
		return map_page(c, pml4, pa, shift);
	for (i = 0; !err && i < 512; i++)
		err = map_range(c, types, pml4, pa + ((u64)i << (shift - 9)), shift - 9);
	return err;
}

/*
 * Where no RAM is yet, tables may take what is left of the last block. 1-GByte pages need little:
 * 128 tables for all that the map can have.
 */
static int map_physical(struct addrspace *as, struct carve *c, u64 *pml4, u64 ram_end)
{
	u64 end = 1ull << min_t(unsigned int, boot_cpu_data.x86_phys_bits, ROOT_PHYS_BITS);
	struct types types;
	int err = 0;

	if (ram_end > end) {
		pr_err("there is RAM up to %#llx, and Nestor reaches no further than %#llx\n",
		       ram_end, end);
		return -E2BIG;
	}
	read_types(&types);
	for (as->reach = 0; as->reach < end; as->reach += SZ_1G) {
		if (as->reach == ram_end)
			c->max = *c->nr;
		err = map_range(c, &types, pml4, as->reach, GB_SHIFT);
		if (err)
			break;
	}
	return as->reach < ram_end ? err : 0;
}

/* Maps the image page by page: code and constants can be executed, the rest can be written. */
static int map_image(struct carve *c, u64 *pml4, void *image)
{
	const struct root_header *header = image;
	u64 va, text_end = header->text_end;
	u64 *pt;

	pt = subtable(c, pml4, (ROOT_IMAGE_BASE >> 39) & 511);
	pt = pt ? subtable(c, pt, (ROOT_IMAGE_BASE >> 30) & 511) : NULL;
	pt = pt ? subtable(c, pt, (ROOT_IMAGE_BASE >> 21) & 511) : NULL;
	if (!pt)
		return -ENOMEM;
	for (va = ROOT_IMAGE_BASE; va < header->image_end; va += PAGE_SIZE) {
		u64 pa = virt_to_phys(image) + (va - ROOT_IMAGE_BASE);

		pt[(va >> 12) & 511] = pa | _PAGE_PRESENT | _PAGE_ACCESSED |
				       (va < text_end ? 0 : _PAGE_RW | _PAGE_DIRTY | _PAGE_NX);
	}
	return 0;
}

int addrspace_build(struct addrspace *as, struct carve *c, void *image, u64 ram_end)
{
	u64 *top = carve(c, PAGE_SIZE), *pml4 = top;
	int err;

	if (!top)
		return -ENOMEM;
	as->cr3 = virt_to_phys(top);
	/* Root has as many paging levels as Linux: CR4.LA57 cannot change while paging is on. */
	if (__read_cr4() & X86_CR4_LA57) {
		pml4 = subtable(c, top, 511);
		if (!pml4)
			return -ENOMEM;
	}
	err = map_image(c, pml4, image);
	return err ?: map_physical(as, c, pml4, ram_end);
}
