// SPDX-License-Identifier: GPL-2.0-only
/*
 * The seal on what root has that never changes: code and constants of its image, IDT, page tables,
 * and each CPU's GDT, TSS and MSR bitmap.
 *
 * Nobody but root reaches this memory while Nestor is in, and root itself does not write to it. The
 * processor does not either: accessed and dirty flags are set from the start, and a VM exit loads
 * TR without its descriptor. So a sum of it that is another after landing than before launch tells
 * of a write that must not have been: by a device, or by root where L1 or L2 had led it.
 */
#define pr_fmt(fmt) "nestor: " fmt

#include <linux/cpumask.h>
#include <linux/crc32.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <asm/pgtable_types.h>
#include "seal.h"
#include "world.h"

/* What is summed up, each by itself, so that the log can tell which has changed. */
static u32 sum_text(void)
{
	return crc32_le(~0, (const u8 *)world.header, world.header->text_end - ROOT_IMAGE_BASE);
}

static u32 sum_idt(void)
{
	return crc32_le(~0, phys_to_virt(world.idt - ROOT_PHYS_BASE), PAGE_SIZE);
}

static u32 sum_table(u32 sum, u64 pa, int level)
{
	const u64 *table = phys_to_virt(pa);
	unsigned int i;

	sum = crc32_le(sum, (const u8 *)table, PAGE_SIZE);
	for (i = 0; level > 1 && i < PTRS_PER_PTE; i++) {
		if ((table[i] & _PAGE_PRESENT) && !(table[i] & _PAGE_PSE))
			sum = sum_table(sum, table[i] & PHYSICAL_PAGE_MASK, level - 1);
	}
	return sum;
}

/* The tables that are reached from the topmost one; it is one more level with LA57. */
static u32 sum_tables(void)
{
	return sum_table(~0, world.addrspace.cr3, __read_cr4() & X86_CR4_LA57 ? 5 : 4);
}

static u32 sum_cpus(void)
{
	unsigned int cpu;
	u32 sum = ~0;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		const struct nestor_cpu *c = &world_cpus[cpu];

		if (!c->msr_bitmap)
			continue;
		sum = crc32_le(sum, phys_to_virt(c->gdt - ROOT_PHYS_BASE), PAGE_SIZE);
		sum = crc32_le(sum, c->msr_bitmap, PAGE_SIZE);
	}
	return sum;
}

static const struct {
	const char *name;
	u32 (*sum)(void);
} parts[] = {
	{ "code and constants", sum_text },
	{ "IDT", sum_idt },
	{ "page tables", sum_tables },
	{ "GDTs, TSSs and MSR bitmaps", sum_cpus },
};

static u32 noted[ARRAY_SIZE(parts)];

void seal_note(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(parts); i++)
		noted[i] = parts[i].sum();
}

/* All CPUs have landed, so nobody else writes the counters: the first CPU's takes it. */
static void tell(const char *part)
{
	pr_err("BUG: root's %s changed while Nestor was in, please report\n", part);
	world_cpus[cpumask_first(cpu_present_mask)].shared->stats.bugs++;
}

bool seal_check(void)
{
	bool same = true;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		if (parts[i].sum() == noted[i])
			continue;
		tell(parts[i].name);
		same = false;
	}
	return same;
}
