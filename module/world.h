/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the Linux half knows of the machine that it takes over, and of each CPU; memory.c fills it.
 */
#ifndef NESTOR_WORLD_H
#define NESTOR_WORLD_H

#include <linux/mm_types.h>
#include <linux/types.h>
#include "addrspace.h"
#include "check.h"
#include "machine/shared.h"
#include "root/abi.h"

/**
 * struct nestor_cpu - one CPU as the Linux half knows it
 * @blocks: its memory, in blocks of ROOT_BLOCK_SIZE; the first holds all fixed structures
 * @config: begins struct cpu of the root image
 * @shared: statistics and state, ordinary memory
 * @vmxon, @vmcs01, @msr_bitmap, @ept01: pages in the first block
 * @stack_top, @gdt, @tss: addresses in root's map of physical memory (ROOT_PHYS_BASE)
 * @spare: a page that L1 may get for being in VMX operation; see operation_prepare()
 * @lent: the page that L1 has got, or NULL
 * @active: this CPU runs in VMX non-root operation
 * @refused: why it could not be taken over when it came online, or NULL
 */
struct nestor_cpu {
	struct page *blocks[ROOT_MAX_BLOCKS];
	unsigned int nr_blocks;
	struct root_config *config;
	struct root_shared *shared;
	void *vmxon, *vmcs01, *msr_bitmap, *ept01;
	u64 stack_top;
	u64 gdt, tss;
	void *spare, *lent;
	bool active;
	const char *refused;
};

/**
 * struct nestor_world - what all CPUs share
 * @common: blocks with the image, root's IDT and page tables, the tables of blocks
 * @nr_common: how many there are
 * @addrspace: root's page tables
 * @idt: root's address of its IDT
 * @header: the image's header, in Linux's map
 * @caps: what taking over depends on
 * @nested: L1 may use VMX
 * @mask: bits of the capability MSRs that are hidden from L1
 */
struct nestor_world {
	struct page *common[ROOT_MAX_BLOCKS];
	unsigned int nr_common;
	struct addrspace addrspace;
	u64 idt;
	const struct root_header *header;
	struct vmx_caps_msrs caps;
	bool nested;
	u64 mask[NR_CAPABILITIES];
};

extern struct nestor_world world;
extern struct nestor_cpu *world_cpus; /* indexed by CPU number, nr_cpu_ids entries */

/**
 * world_shared() - what root mode tells of one CPU
 * @cpu: Linux's CPU number
 *
 * The block exists from load to unload, also while Nestor is disabled: counters are not reset when
 * it is enabled or disabled.
 *
 * Return: the block, or NULL for a CPU that Nestor has no memory for.
 */
const struct root_shared *world_shared(unsigned int cpu);

#endif
