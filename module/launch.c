// SPDX-License-Identifier: GPL-2.0-only
/* Taking one CPU over, from VMXON to VMLAUNCH. */
#include <linux/errno.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/io.h>
#include <asm/msr.h>
#include <asm/vmx.h>
#include "inject.h"
#include "launch.h"
#include "operation.h"
#include "stubs.h"
#include "vmcs01.h"
#include "world.h"

static int vmclear_vmptrld(void *region)
{
	u64 pa = virt_to_phys(region);
	bool failed;

	*(u32 *)region = world.caps.basic & 0x7fffffff;
	asm volatile("vmclear %1" : "=@ccna"(failed) : "m"(pa) : "memory");
	if (failed)
		return -EIO;
	asm volatile("vmptrld %1" : "=@ccna"(failed) : "m"(pa) : "memory");
	return failed || inject_fails(INJECT_VMPTRLD, smp_processor_id()) ? -EIO : 0;
}

/* To its caller VMLAUNCH is a function that returns; see stubs.S. */
static int vmlaunch(void)
{
	if (inject_fails(INJECT_VMLAUNCH, smp_processor_id()))
		return -EIO;
	return nestor_vmlaunch(GUEST_RSP, GUEST_RIP) ? -EIO : 0;
}

/* What an earlier launch of this CPU left behind is gone. */
static void prepare(struct nestor_cpu *cpu, const struct l1_operation *l1)
{
	memset(cpu->ept01, 0, PAGE_SIZE);
	cpu->config->in_vmx = l1->entered;
}

int launch_cpu(const struct l1_operation *l1, const char **why)
{
	struct nestor_cpu *cpu = &world_cpus[smp_processor_id()];
	u64 start = rdtsc();
	int err;

	prepare(cpu, l1);
	err = operation_enter(cpu, l1);
	if (err) {
		*why = "the processor refused to enter VMX operation";
		return err;
	}
	err = vmclear_vmptrld(cpu->vmcs01);
	err = err ?: vmcs01_fill(cpu, l1);
	err = err ?: vmlaunch();
	if (err) {
		operation_leave(cpu, l1);
		*why = "the processor refused to load or to launch VMCS01";
		return err;
	}
	cpu->active = true;
	cpu->shared->active = 1;
	cpu->shared->takeover_ticks = rdtsc() - start;
	return 0;
}
