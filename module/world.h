/* SPDX-License-Identifier: GPL-2.0-only */
/* Inside the Linux half: memory, preflight, VMCS01, launch and landing of one CPU. */
#ifndef NESTOR_WORLD_H
#define NESTOR_WORLD_H

#include <linux/cpumask.h>
#include <linux/mm_types.h>
#include <linux/types.h>
#include <asm/desc_defs.h>
#include "root/abi.h"
#include "machine/shared.h"

/* The processor's VMX capabilities that taking over depends on; read once by check_machine(). */
struct vmx_caps_msrs {
	u64 basic;
	u64 misc;
	u64 ept_vpid;
	u64 cr0_fixed0, cr0_fixed1, cr4_fixed0, cr4_fixed1;
	u64 pin, proc, proc2, exit, entry; /* the TRUE ones where they exist */
};

/* What Linux restores by hand after landing: VM exits fix the limits and cannot load a null-free
 * LDTR. */
struct linux_context {
	struct desc_ptr gdt;
	struct desc_ptr idt;
	u16 ldt;
	u16 ds, es, fs, gs;
	u64 fs_base, gs_base;
};

/**
 * struct nestor_cpu - one CPU as the Linux half knows it
 * @blocks: its memory, in blocks of ROOT_BLOCK_SIZE; the first holds all fixed structures
 * @config: begins struct cpu of the root image
 * @shared: statistics and state, ordinary memory
 * @vmxon, @vmcs01, @msr_bitmap, @ept01: pages in the first block
 * @stack_top, @gdt, @tss: as root's addresses (below ROOT_PHYS_BASE)
 * @active: this CPU runs in VMX non-root operation
 */
struct nestor_cpu {
	struct page *blocks[ROOT_MAX_BLOCKS];
	unsigned int nr_blocks;
	struct root_config *config;
	struct root_shared *shared;
	void *vmxon, *vmcs01, *msr_bitmap, *ept01;
	u64 stack_top;
	u64 gdt, tss;
	bool active;
};

/**
 * struct nestor_world - what all CPUs share
 * @common: block with the image, root's page tables and IDT, the table of hidden blocks
 * @cr3: physical address of root's page tables
 * @idt: root's address of its IDT
 * @header: the image's header, in Linux's map
 * @caps: what taking over depends on
 * @nested: L1 may use VMX
 * @mask: bits of the capability MSRs that are hidden from L1
 */
struct nestor_world {
	struct page *common;
	u64 cr3;
	u64 idt;
	const struct root_header *header;
	struct vmx_caps_msrs caps;
	bool nested;
	u64 mask[NR_CAPABILITIES];
};

extern struct nestor_world nestor_world;
extern struct nestor_cpu *nestor_cpus; /* indexed by CPU number, nr_cpu_ids entries */

/**
 * world_shared() - what root mode tells of one CPU
 * @cpu: Linux's CPU number
 *
 * The block exists from load to unload, also while Nestor is disabled (counters go on over
 * enable/disable).
 *
 * Return: the block, or NULL for a CPU that Nestor has no memory for.
 */
static inline const struct root_shared *world_shared(unsigned int cpu)
{
	return cpu < nr_cpu_ids ? nestor_cpus[cpu].shared : NULL;
}

/* check.c */

/**
 * check_machine() - can this machine be taken over?
 * @caps: filled with the capability MSRs
 * @why: set to a sentence when not
 *
 * Return: 0, -ENODEV, -EBUSY or -EOPNOTSUPP.
 */
int check_machine(struct vmx_caps_msrs *caps, const char **why);

/**
 * check_cpu() - can this CPU be taken over now? Interrupts are off.
 * @why: set to a sentence when not
 *
 * Return: as check_machine().
 */
int check_cpu(const char **why);

/* memory.c */

/**
 * memory_init() - allocate and lay out everything root needs
 * @mib: MiB for each CPU
 *
 * Return: 0 or -ENOMEM.
 */
int memory_init(unsigned int mib);
void memory_exit(void);
u64 memory_per_cpu(void);
u64 memory_total(void);

/* vmcs01.c */

/**
 * vmcs01_fill() - describe root as the host and the running Linux as the guest of the current VMCS
 * @cpu: the CPU it is for; the caller runs on it with interrupts off
 *
 * Return: 0, or -EIO when the processor refused a field.
 */
int vmcs01_fill(struct nestor_cpu *cpu);

/* launch.c */

/**
 * launch_cpu() - take this CPU over; interrupts are off, or the caller is a kernel thread bound to
 * it
 * @why: set to a sentence when it fails
 *
 * Return: 0, or the error that check_cpu() gave, or -EIO when the processor refused.
 */
int launch_cpu(const char **why);

/**
 * land_cpu() - give this CPU back; interrupts are off
 *
 * Return: 0, or -EBUSY while L1 is in VMX operation on it.
 */
int land_cpu(void);

/* mask.c */

/**
 * mask_check() - hide what Nestor does not honour; can what the user wants hidden be hidden here?
 * @why: set to a sentence when not
 *
 * Return: 0 or -EINVAL.
 */
int mask_check(const char **why);

/* power.c */
void power_init(void);
void power_exit(void);

/* stubs.S */
int nestor_vmlaunch(unsigned long rsp_field, unsigned long rip_field);
int nestor_land(void);

/* image.S */
extern const char nestor_root_image[], nestor_root_image_end[];

#endif
