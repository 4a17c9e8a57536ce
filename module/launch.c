// SPDX-License-Identifier: GPL-2.0-only
/* Taking one CPU over, from VMXON to VMLAUNCH. */
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/smp.h>
#include <asm/io.h>
#include <asm/msr.h>
#include <asm/vmx.h>
#include "check.h"
#include "launch.h"
#include "operation.h"
#include "stubs.h"
#include "vmcs01.h"
#include "world.h"

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

/* After VMXON every failure must leave VMX operation again. */
static int enter_vmx(struct nestor_cpu *cpu)
{
	u32 revision = world.caps.basic & 0x7fffffff;
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
	struct nestor_cpu *cpu = &world_cpus[smp_processor_id()];
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
