// SPDX-License-Identifier: GPL-2.0-only
/* Giving one CPU back, from the landing call to VMXOFF. */
#include <linux/errno.h>
#include <linux/smp.h>
#include <asm/desc.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <asm/segment.h>
#include <asm/sync_core.h>
#include "land.h"
#include "operation.h"
#include "stubs.h"
#include "world.h"

/*
 * Linux restores these by hand after landing: a VM exit sets limits to fixed values, makes LDTR
 * null, and was made to load null selectors.
 */
struct linux_context {
	struct desc_ptr gdt;
	struct desc_ptr idt;
	u16 ldt;
	u16 ds, es, fs, gs;
	u64 fs_base, gs_base;
};

static void save_context(struct linux_context *context)
{
	native_store_gdt(&context->gdt);
	store_idt(&context->idt);
	asm volatile("sldt %0" : "=m"(context->ldt));
	savesegment(ds, context->ds);
	savesegment(es, context->es);
	savesegment(fs, context->fs);
	savesegment(gs, context->gs);
	rdmsrl(MSR_FS_BASE, context->fs_base);
	rdmsrl(MSR_GS_BASE, context->gs_base);
}

/*
 * SDM "Loading Host Segment and Descriptor-Table Registers": the exit that landed us left limits of
 * 0xffff in GDTR and IDTR, 0x67 in TR, and a null LDTR. The bases come last, because loading FS or
 * GS with a selector clears the base.
 */
static void restore_context(const struct linux_context *context)
{
	native_load_gdt(&context->gdt);
	native_load_idt(&context->idt);
	if (context->ldt)
		asm volatile("lldt %0" : : "m"(context->ldt));
	invalidate_tss_limit();
	if (context->ds | context->es) {
		loadsegment(ds, context->ds);
		loadsegment(es, context->es);
	}
	if (context->fs)
		loadsegment(fs, context->fs);
	if (context->gs)
		asm volatile("mov %0, %%gs" : : "r"((u32)context->gs));
	wrmsrl(MSR_FS_BASE, context->fs_base);
	wrmsrl(MSR_GS_BASE, context->gs_base);
}

int land_cpu(void)
{
	struct nestor_cpu *cpu = &world_cpus[smp_processor_id()];
	struct linux_context context;
	u64 start = rdtsc();

	if (!cpu->active)
		return 0;
	save_context(&context);
	if (nestor_land() != LAND_DONE)
		return -EBUSY;
	restore_context(&context);
	vmxoff();
	/* NMIs were held off for the landing; IRET is what lets them in again. */
	iret_to_self();
	cpu->active = false;
	cpu->shared->active = 0;
	cpu->shared->landing_ticks = rdtsc() - start;
	return 0;
}
