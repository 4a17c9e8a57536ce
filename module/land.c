// SPDX-License-Identifier: GPL-2.0-only
/* Giving one CPU back, from the landing call to VMXOFF. */
#include <linux/errno.h>
#include <linux/smp.h>
#include <asm/debugreg.h>
#include <asm/desc.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <asm/segment.h>
#include <asm/sync_core.h>
#include <asm/vmx.h>
#include "land.h"
#include "operation.h"
#include "stubs.h"
#include "versions.h"
#include "world.h"

/*
 * Linux restores these by hand after landing: a VM exit sets limits, DR7 and IA32_DEBUGCTL to fixed
 * values, makes LDTR null, and was made to load null selectors.
 */
struct linux_context {
	struct desc_ptr gdt;
	struct desc_ptr idt;
	u16 ldt;
	u16 ds, es, fs, gs;
	u64 fs_base, gs_base;
	u64 debugctl;
	unsigned long dr7;
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
	rdmsrq(MSR_FS_BASE, context->fs_base);
	rdmsrq(MSR_GS_BASE, context->gs_base);
	rdmsrq(MSR_IA32_DEBUGCTLMSR, context->debugctl);
	get_debugreg(context->dr7, 7);
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
	wrmsrq(MSR_FS_BASE, context->fs_base);
	wrmsrq(MSR_GS_BASE, context->gs_base);
	wrmsrq(MSR_IA32_DEBUGCTLMSR, context->debugctl);
	set_debugreg(context->dr7, 7);
}

/*
 * An NMI or machine check that met root at the last moment has been taken from the processor
 * already, so its handler is called as the processor would call it. NMIs are still held off, and
 * the handler's IRET lets them in.
 */
static void handle_noted(u64 what)
{
	if (what & LAND_NMI)
		asm volatile("int $2" : : : "memory");
	if (what & LAND_MC)
		asm volatile("int $18" : : : "memory");
}

/*
 * A machine check may meet the last entry itself, which then ends with an exit of that reason (SDM
 * "Machine-Check Events During VM Entry"): to the same place, as every exit does.
 */
static u64 met_last_entry(void)
{
	u64 reason;

	asm volatile("vmread %1, %0" : "=rm"(reason) : "r"((u64)VM_EXIT_REASON) : "cc");
	return (reason & 0xffff) == EXIT_REASON_MCE_DURING_VMENTRY ? LAND_MC : 0;
}

/* VMX operation demands CR0.NE, so L1's own value comes back only after it. */
static void restore_cr0(u64 what)
{
	if (what & LAND_NE_CLEAR)
		asm volatile("mov %0, %%cr0" : : "r"(read_cr0() & ~X86_CR0_NE) : "memory");
}

static struct l1_operation l1_of(const struct landing *landing, bool dropped)
{
	return (struct l1_operation){
		.vmxe = landing->what & LAND_VMXE,
		.entered = (landing->what & LAND_IN_VMX) && !dropped,
		.pointer = landing->vmxon_pointer,
	};
}

int land_cpu(enum land_l1 wish)
{
	struct nestor_cpu *cpu = &world_cpus[smp_processor_id()];
	struct linux_context context;
	struct landing landing;
	struct l1_operation l1;
	u64 start = rdtsc();

	if (!cpu->active)
		return 0;
	save_context(&context);
	landing = nestor_land(wish == LAND_REFUSE ? LAND_IF_IDLE : LAND_ANYWAY);
	if (!(landing.what & LAND_DONE))
		return -EBUSY;
	landing.what |= met_last_entry();
	restore_context(&context);
	l1 = l1_of(&landing, wish == LAND_DROP);
	operation_leave(cpu, &l1);
	restore_cr0(landing.what);
	handle_noted(landing.what);
	/* NMIs were held off for the landing; IRET is what lets them in again. */
	iret_to_self();
	cpu->active = false;
	cpu->shared->active = 0;
	cpu->shared->landing_ticks = rdtsc() - start;
	return 0;
}
