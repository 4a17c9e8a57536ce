// SPDX-License-Identifier: GPL-2.0-only
/*
 * What root has in its memory: the image, its IDT, GDTs and stacks, and the table of what is
 * hidden.
 *
 * All of it is laid out before the first CPU is taken over. From launch to landing EPT01 hides the
 * blocks from Linux, so what Linux must read later (struct root_shared) is allocated apart.
 */
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <asm/desc.h>
#include <asm/io.h>
#include <asm/trapnr.h>
#include "addrspace.h"
#include "carve.h"
#include "image.h"
#include "inject.h"
#include "memory.h"
#include "ram.h"
#include "root/trapped.h"
#include "stubs.h"
#include "world.h"

/* Bits of the largest bitmap that is one piece */
#define BITMAP_MAX (ROOT_BLOCK_SIZE * BITS_PER_BYTE)

static unsigned int blocks_per_cpu;

/* How many CPUs have memory: those that were present at load. */
static unsigned int nr_cpus;

/* This is what all CPUs share. */
static struct carve common;

/* Bitmaps of blocks: hidden ones, up to the end of RAM; and what root finds to be memory. */
static unsigned long *hidden;
static u64 nr_hidden;
static void *memory;
static u64 nr_memory;

static u64 root_va(const void *p)
{
	return ROOT_PHYS_BASE + virt_to_phys((void *)p);
}

static unsigned int ist_of(unsigned int vector)
{
	switch (vector) {
	case X86_TRAP_NMI:
		return ROOT_IST_NMI;
	case X86_TRAP_MC:
		return ROOT_IST_MC;
	case X86_TRAP_DF:
		return ROOT_IST_DF;
	default:
		return ROOT_IST_FAULT;
	}
}

static int build_idt(struct carve *c)
{
	gate_desc *idt = carve(c, PAGE_SIZE);
	unsigned int v;

	if (!idt)
		return -ENOMEM;
	for (v = 0; v < ROOT_NR_VECTORS; v++) {
		u64 stub = world.header->idt_stubs + v * ROOT_STUB_SIZE;

		idt[v].offset_low = stub;
		idt[v].offset_middle = stub >> 16;
		idt[v].offset_high = stub >> 32;
		idt[v].segment = ROOT_CS;
		idt[v].bits.ist = ist_of(v);
		idt[v].bits.type = GATE_INTERRUPT;
		idt[v].bits.p = 1;
	}
	world.idt = root_va(idt);
	return 0;
}

/*
 * A bitmap is one piece, so that of hidden blocks ends at 32 TiB; no block of Nestor's must lie
 * above. The other saves root time only, and has not to have a bit for all addresses at which
 * memory can come.
 */
static int alloc_bitmaps(void)
{
	u64 end = ram_end() >> ROOT_BLOCK_SHIFT;

	nr_hidden = min_t(u64, end, BITMAP_MAX);
	nr_memory = 1ull << (boot_cpu_data.x86_phys_bits - ROOT_BLOCK_SHIFT);
	nr_memory = clamp_t(u64, nr_memory, nr_hidden, max_t(u64, nr_hidden, BITMAP_MAX / 4));
	hidden = carve(&common, nr_hidden / BITS_PER_BYTE);
	memory = carve(&common, nr_memory / BITS_PER_BYTE);
	return hidden && memory ? 0 : -ENOMEM;
}

static int world_init(void)
{
	size_t size = nestor_root_image_end - nestor_root_image;
	void *image;
	int err;

	common = carve_begin(world.common, &world.nr_common, ARRAY_SIZE(world.common));
	world.header = (const struct root_header *)nestor_root_image;
	if (WARN_ON(world.header->magic != ROOT_HEADER_MAGIC))
		return -EINVAL;
	image = carve(&common, world.header->image_end - ROOT_IMAGE_BASE);
	if (!image)
		return -ENOMEM;
	memcpy(image, nestor_root_image, size);
	world.header = image;
	err = build_idt(&common);
	err = err ?: alloc_bitmaps();
	/* It comes last, because it takes what is left. */
	return err ?: addrspace_build(&world.addrspace, &common, image, ram_end());
}

/*
 * Root finds its CPU at the top of every stack: the word there is the address of struct cpu. From
 * any place in a stack the top is found by the alignment.
 */
static u64 carve_stack(struct carve *c, size_t size, u64 cpu)
{
	char *stack = carve_aligned(c, size);
	u64 *top;

	if (!stack)
		return 0;
	top = (u64 *)(stack + size - 16);
	*top = cpu;
	return root_va(top);
}

static int build_gdt_tss(struct nestor_cpu *cpu, struct carve *c, u64 cpu_va)
{
	u64 *gdt = carve(c, PAGE_SIZE);
	struct x86_hw_tss *tss;
	unsigned int i;

	if (!gdt)
		return -ENOMEM;
	tss = (void *)gdt + PAGE_SIZE / 2;
	gdt[ROOT_CS / 8] = 0x00af9b000000ffff;
	gdt[ROOT_SS / 8] = 0x00cf93000000ffff;
	for (i = 0; i < ROOT_NR_IST; i++) {
		tss->ist[i] = carve_stack(c, ROOT_IST_SIZE, cpu_va);
		if (!tss->ist[i])
			return -ENOMEM;
	}
	set_tssldt_descriptor(&gdt[ROOT_TR / 8], root_va(tss), DESC_TSS, sizeof(*tss) - 1);
	cpu->gdt = root_va(gdt);
	cpu->tss = root_va(tss);
	return 0;
}

/* In the bitmap's page the bits of low MSRs begin here, for reads and for writes. */
#define BITMAP_READ  0
#define BITMAP_WRITE 2048

static void trap(u8 *bitmap, unsigned int half, u32 msr)
{
	bitmap[half + msr / 8] |= 1 << (msr % 8);
}

static void build_msr_bitmap(u8 *bitmap, bool nested, const u64 *mask)
{
	static const struct {
		enum trapped what;
		u32 first, last;
	} ranges[] = {
#define TRAPPED(what, first, last) { TRAPPED_##what, first, last },
#include "root/trapped.def"
#undef TRAPPED
	};
	unsigned int i;
	u32 msr;

	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		for (msr = ranges[i].first; msr <= ranges[i].last; msr++) {
			if (ranges[i].what != TRAPPED_CAPABILITY)
				trap(bitmap, BITMAP_WRITE, msr);
			else if (!nested || mask[msr - ranges[i].first])
				trap(bitmap, BITMAP_READ, msr);
		}
	}
}

/* The pool is what is left of the blocks behind @used bytes of the first. */
static void fill_config(struct nestor_cpu *cpu, unsigned int nr, size_t used)
{
	struct root_config *config = cpu->config;
	unsigned int i;

	config->stack_top = cpu->stack_top;
	config->cpu = nr;
	config->nested = world.nested;
	memcpy(config->mask, world.mask, sizeof(config->mask));
	config->shared = virt_to_phys(cpu->shared);
	config->vmcs01 = virt_to_phys(cpu->vmcs01);
	config->ept01_root = virt_to_phys(cpu->ept01);
	config->land_rip = (u64)nestor_land;
	config->hidden = virt_to_phys(hidden);
	config->nr_hidden = nr_hidden;
	config->memory = virt_to_phys(memory);
	config->nr_memory = nr_memory;
	config->reach = world.addrspace.reach;
	config->nr_pool = cpu->nr_blocks;
	for (i = 0; i < cpu->nr_blocks; i++) {
		u64 start = page_to_phys(cpu->blocks[i]);

		config->pool[i].start = start + (i ? 0 : used);
		config->pool[i].end = start + ROOT_BLOCK_SIZE;
	}
}

static int setup_cpu(struct nestor_cpu *cpu, unsigned int nr)
{
	struct carve c = carve_begin(cpu->blocks, &cpu->nr_blocks, 1);
	size_t first_used;
	u64 cpu_va;

	if (inject_fails(INJECT_MEMORY, nr))
		return -ENOMEM;
	cpu->shared =
		(void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, get_order(sizeof(*cpu->shared)));
	if (!cpu->shared)
		return -ENOMEM;
	cpu->shared->cpu = nr;
	cpu->shared->current_vmcs = ~0ull;

	cpu->config = carve(&c, world.header->cpu_size);
	if (!cpu->config)
		return -ENOMEM;
	cpu_va = root_va(cpu->config);
	cpu->stack_top = carve_stack(&c, ROOT_STACK_SIZE, cpu_va);
	cpu->vmxon = carve(&c, PAGE_SIZE);
	cpu->vmcs01 = carve(&c, PAGE_SIZE);
	cpu->msr_bitmap = carve(&c, PAGE_SIZE);
	cpu->ept01 = carve(&c, PAGE_SIZE);
	if (!cpu->stack_top || !cpu->ept01 || build_gdt_tss(cpu, &c, cpu_va))
		return -ENOMEM;
	build_msr_bitmap(cpu->msr_bitmap, world.nested, world.mask);
	first_used = c.used;
	if (carve_rest(&c, blocks_per_cpu))
		return -ENOMEM;
	fill_config(cpu, nr, first_used);
	return 0;
}

static void release_cpu(struct nestor_cpu *cpu)
{
	carve_free(cpu->blocks, &cpu->nr_blocks);
	if (cpu->shared)
		free_pages((unsigned long)cpu->shared, get_order(sizeof(*cpu->shared)));
}

static int hide(struct page **blocks, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		u64 block = page_to_phys(blocks[i]) >> ROOT_BLOCK_SHIFT;

		if (block >= nr_hidden)
			return -ENOMEM;
		__set_bit(block, hidden);
	}
	return 0;
}

/* EPT01, EPT02 and root look them up in the bitmap, which is hidden with the rest. */
static int hide_all(void)
{
	unsigned int cpu;
	int err = hide(world.common, world.nr_common);

	for (cpu = 0; !err && cpu < nr_cpu_ids; cpu++)
		err = hide(world_cpus[cpu].blocks, world_cpus[cpu].nr_blocks);
	return err;
}

static int lay_out(void)
{
	unsigned int cpu;
	int err = world_init();

	nr_cpus = 0;
	for_each_present_cpu(cpu) {
		if (err)
			return err;
		err = setup_cpu(&world_cpus[cpu], cpu);
		nr_cpus++;
	}
	return err ?: hide_all();
}

int memory_init(unsigned int mib)
{
	int err;

	blocks_per_cpu = mib / (ROOT_BLOCK_SIZE >> 20);
	world_cpus = kcalloc(nr_cpu_ids, sizeof(*world_cpus), GFP_KERNEL);
	if (!world_cpus)
		return -ENOMEM;
	/* Neither CPUs nor memory come meanwhile. */
	cpus_read_lock();
	err = ram_init();
	err = err ?: lay_out();
	ram_settle(err ? U64_MAX : world.addrspace.reach);
	cpus_read_unlock();
	if (err)
		memory_exit();
	return err;
}

void memory_exit(void)
{
	unsigned int cpu;

	if (!world_cpus)
		return;
	ram_exit();
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		release_cpu(&world_cpus[cpu]);
	carve_free(world.common, &world.nr_common);
	kfree(world_cpus);
	world_cpus = NULL;
}

u64 memory_per_cpu(void)
{
	return (u64)blocks_per_cpu * ROOT_BLOCK_SIZE + PAGE_ALIGN(sizeof(struct root_shared));
}

u64 memory_total(void)
{
	return memory_per_cpu() * nr_cpus + (u64)world.nr_common * ROOT_BLOCK_SIZE;
}
