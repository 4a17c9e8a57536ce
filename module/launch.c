// SPDX-License-Identifier: GPL-2.0-only
/* Taking one CPU over and giving it back: VMXON to VMLAUNCH, landing call to VMXOFF. */
#include <linux/errno.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/desc.h>
#include <asm/io.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <asm/segment.h>
#include <asm/special_insns.h>
#include <asm/sync_core.h>
#include <asm/tlbflush.h>
#include <asm/vmx.h>
#include "world.h"

/*
 * CR4.VMXE is written natively: the kernel's shadow copy of CR4, which KVM asks whether somebody
 * else uses VMX, must go on saying what Linux itself set.
 */
static void write_cr4(unsigned long value)
{
	asm volatile("mov %0, %%cr4" : : "r"(value) : "memory");
}

static int vmxon(void *region)
{
	u64 pa = virt_to_phys(region);
	bool failed;

	asm volatile("vmxon %1" : "=@ccna"(failed) : "m"(pa) : "memory");
	return failed ? -EIO : 0;
}

static int vmclear_vmptrld(void *region)
{
	u64 pa = virt_to_phys(region);
	bool failed;

	asm volatile("vmclear %1" : "=@ccna"(failed) : "m"(pa) : "memory");
	if (failed)
		return -EIO;
	asm volatile("vmptrld %1" : "=@ccna"(failed) : "m"(pa) : "memory");
	return failed ? -EIO : 0;
}

static void vmxoff(void)
{
	asm volatile("vmxoff" : : : "cc", "memory");
	write_cr4(__read_cr4() & ~X86_CR4_VMXE);
}

/* From VMXON on a failure must leave VMX operation again. */
static int enter_vmx(struct nestor_cpu *cpu)
{
	u32 revision = nestor_world.caps.basic & 0x7fffffff;
	int err;

	*(u32 *)cpu->vmxon = revision;
	*(u32 *)cpu->vmcs01 = revision;
	write_cr4(__read_cr4() | X86_CR4_VMXE);
	err = vmxon(cpu->vmxon);
	if (err) {
		write_cr4(__read_cr4() & ~X86_CR4_VMXE);
		return err;
	}
	err = vmclear_vmptrld(cpu->vmcs01);
	err = err ?: vmcs01_fill(cpu);
	if (!err && nestor_vmlaunch(GUEST_RSP, GUEST_RIP))
		err = -EIO;
	if (err)
		vmxoff();
	return err;
}

int launch_cpu(const char **why)
{
	struct nestor_cpu *cpu = &nestor_cpus[smp_processor_id()];
	unsigned long flags;
	u64 start = rdtsc();
	int err;

	if (!cpu->config) {
		*why = "there is no memory for this CPU (it was not present when the module was loaded)";
		return -ENOMEM;
	}
	err = check_cpu(why);
	if (err)
		return err;
	local_irq_save(flags);
	err = enter_vmx(cpu);
	local_irq_restore(flags);
	if (err) {
		*why = "the processor refused to enter VMX operation or to launch VMCS01";
		return err;
	}
	cpu->active = true;
	cpu->shared->active = 1;
	cpu->shared->takeover_ticks = rdtsc() - start;
	return 0;
}

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
 * 0xffff in GDTR and IDTR, 0x67 in TR, and a null LDTR. Loading FS or GS with a selector clears the
 * base: bases last.
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
	struct nestor_cpu *cpu = &nestor_cpus[smp_processor_id()];
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
