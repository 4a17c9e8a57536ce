// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entering and leaving VMX operation on one CPU.
 *
 * CR4.VMXE and VMX operation have two owners, L1 and Nestor. A CPU can be in VMX operation only
 * once. So an L1 that is in it leaves it when Nestor enters, and comes back to it when Nestor
 * leaves.
 */
#define pr_fmt(fmt) "nestor: " fmt

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/printk.h>
#include <linux/smp.h>
#include <asm/asm.h>
#include <asm/io.h>
#include <asm/processor-flags.h>
#include <asm/special_insns.h>
#include <asm/vmx.h>
#include "inject.h"
#include "operation.h"
#include "world.h"

/*
 * CR4.VMXE is written natively: the kernel's shadow copy of CR4, which KVM asks whether somebody
 * else uses VMX, must go on saying what Linux itself set.
 */
static void set_vmxe(bool on)
{
	unsigned long cr4 = __read_cr4() & ~X86_CR4_VMXE;

	asm volatile("mov %0, %%cr4" : : "r"(cr4 | (on ? X86_CR4_VMXE : 0)) : "memory");
}

/* VMXON may raise #GP with a pointer or a state that L1 chose, and does not succeed then. */
static bool vmxon(u64 pa)
{
	bool succeeded = false;

	asm volatile("1: vmxon %1\n"
		     "   seta %0\n"
		     "2:\n" _ASM_EXTABLE(1b, 2b)
		     : "+q"(succeeded)
		     : "m"(pa)
		     : "cc", "memory");
	return succeeded;
}

static void vmxoff(void)
{
	asm volatile("vmxoff" : : : "cc", "memory");
}

static void vmclear(u64 pa)
{
	asm volatile("vmclear %0" : : "m"(pa) : "cc", "memory");
}

/* VMPTRST raises #UD outside VMX operation, and so tells whether a CPU is in it. */
static bool vmptrst(u64 *pointer)
{
	bool succeeded = false;

	asm volatile("1: vmptrst %1\n"
		     "   movb $1, %0\n"
		     "2:\n" _ASM_EXTABLE(1b, 2b)
		     : "+q"(succeeded), "=m"(*pointer)
		     :
		     : "cc");
	return succeeded;
}

void operation_of_linux(struct l1_operation *l1)
{
	l1->vmxe = __read_cr4() & X86_CR4_VMXE;
	l1->current_vmcs = ~0ull;
	l1->entered = l1->vmxe && vmptrst(&l1->current_vmcs);
	l1->pointer = OPERATION_NO_POINTER;
}

/*
 * SDM "Guidelines for Use of the INVVPID Instruction" and "Guidelines for Use of the INVEPT
 * Instruction": after VMXON, mappings that an earlier owner of VMX left behind may be cached. Those
 * of VPID 0, which are Linux's own, go with the first VM entry, which has "enable VPID" clear.
 */
static void invalidate_all(void)
{
	const u64 none[2] = {};
	const u64 ept = VMX_EPT_INVEPT_BIT | VMX_EPT_EXTENT_GLOBAL_BIT;
	const u64 vpid = VMX_VPID_INVVPID_BIT | VMX_VPID_EXTENT_GLOBAL_CONTEXT_BIT;

	if ((world.caps.ept_vpid & ept) == ept)
		asm volatile("invept %0, %1"
			     :
			     : "m"(none), "r"((u64)VMX_EPT_EXTENT_GLOBAL)
			     : "cc", "memory");
	if ((world.caps.ept_vpid >> 32 & vpid) == vpid)
		asm volatile("invvpid %0, %1"
			     :
			     : "m"(none), "r"((u64)VMX_VPID_EXTENT_ALL_CONTEXT)
			     : "cc", "memory");
}

static void write_revision(void *region)
{
	*(u32 *)region = world.caps.basic & 0x7fffffff;
}

/*
 * L1's own region serves again, if L1 named it to Nestor and the processor takes it. If not, L1
 * gets a page that stays the processor's for as long as L1 is in VMX operation. Nestor does not see
 * the end of that, unless it enters VMX operation itself again.
 */
static void reenter(struct nestor_cpu *cpu, u64 pointer)
{
	if (pointer != OPERATION_NO_POINTER && !inject_fails(INJECT_REENTER, smp_processor_id()) &&
	    vmxon(pointer))
		return;
	if (cpu->spare) {
		write_revision(cpu->spare);
		if (vmxon(virt_to_phys(cpu->spare))) {
			cpu->lent = cpu->spare;
			cpu->spare = NULL;
			return;
		}
	}
	pr_err("CPU %u: the hypervisor above cannot be given back in VMX operation\n",
	       smp_processor_id());
}

static void give_back(struct nestor_cpu *cpu, const struct l1_operation *l1)
{
	if (l1->entered)
		reenter(cpu, l1->pointer);
	if (!l1->vmxe)
		set_vmxe(false);
}

int operation_enter(struct nestor_cpu *cpu, const struct l1_operation *l1)
{
	if (l1->entered)
		vmxoff();
	if (cpu->lent)
		cpu->spare = cpu->lent;
	cpu->lent = NULL;
	set_vmxe(true);
	write_revision(cpu->vmxon);
	if (inject_fails(INJECT_VMXON, smp_processor_id()) || !vmxon(virt_to_phys(cpu->vmxon))) {
		give_back(cpu, l1);
		return -EIO;
	}
	invalidate_all();
	return 0;
}

void operation_leave(struct nestor_cpu *cpu, const struct l1_operation *l1)
{
	/* What is active at VMXOFF may be written to memory at any time later. */
	vmclear(virt_to_phys(cpu->vmcs01));
	vmxoff();
	give_back(cpu, l1);
}

static void free_spares(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		free_page((unsigned long)world_cpus[cpu].spare);
		world_cpus[cpu].spare = NULL;
	}
}

/* A page that was lent at an earlier landing serves again. */
static bool get_spare(struct nestor_cpu *cpu, unsigned int nr)
{
	if (inject_fails(INJECT_PAGES, nr))
		return false;
	if (!cpu->lent)
		cpu->spare = (void *)get_zeroed_page(GFP_KERNEL);
	return cpu->lent || cpu->spare;
}

int operation_prepare(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		if (world_cpus[cpu].config && !get_spare(&world_cpus[cpu], cpu)) {
			free_spares();
			return -ENOMEM;
		}
	}
	return 0;
}

void operation_finish(void)
{
	unsigned int cpu, lent = 0;

	free_spares();
	for_each_possible_cpu(cpu)
		lent += !!world_cpus[cpu].lent;
	if (lent)
		pr_info("the hypervisor above is in VMX operation with %u page%s of Nestor's, never freed unless Nestor comes back\n",
			lent, lent == 1 ? "" : "s");
}
