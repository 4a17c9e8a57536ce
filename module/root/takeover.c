// SPDX-License-Identifier: GPL-2.0-only
/*
 * At the first exit of a CPU that has been taken over, root does what can be done in root only, or
 * need not be done earlier.
 */
#include "arch/msr.h"
#include "arch/vmx.h"
#include "arch/x86.h"
#include "arch/caps.h"
#include "arch/fields.h"
#include "cpu.h"
#include "cpuid.h"
#include "ept01.h"
#include "machine.h"
#include "machine/pool.h"
#include "machine/shared.h"
#include "nested.h"
#include "takeover.h"

/*
 * All CPUs have the same mask. It is a variable, because caps_from_msrs() has no argument for it.
 */
static const u64 *capability_mask;

static u64 read_capability(u32 msr)
{
	return m_rdmsr(msr) & ~capability_mask[msr - MSR_IA32_VMX_BASIC];
}

/* Tells what root reads, for who wants to compare it with what L1 reads. */
static void tell_capabilities(struct root_shared *shared)
{
	unsigned int i;
	u64 value;

	shared->capability_exists = 0;
	for (i = 0; i < NR_CAPABILITIES; i++) {
		if (!m_rdmsr_safe(MSR_IA32_VMX_BASIC + i, &value))
			continue;
		shared->capabilities[i] = value;
		shared->capability_exists |= BIT_ULL(i);
	}
}

static u8 physical_width(void)
{
	return cpuid(0x80000008).eax & 0xff;
}

#define CPUID_1_ECX_PDCM	      BIT(15)
#define PERF_METRICS_AVAILABLE	      BIT_ULL(15)
#define PERF_GLOBAL_CTRL_PERF_METRICS BIT_ULL(48)

/*
 * SDM "Architectural Performance Monitoring": CPUID 0AH tells how many counters there are. From
 * version 5 on, ECX names fixed ones beyond that number.
 */
static u64 performance_counters(void)
{
	struct cpuid id = cpuid(0xa);
	u32 version = id.eax & 0xff;
	u64 bits, capabilities;

	if (version < 2)
		return 0;
	bits = BIT_ULL(id.eax >> 8 & 31) - 1;
	bits |= (BIT_ULL(id.edx & 31) - 1) << 32;
	if (version >= 5)
		bits |= (u64)(u16)id.ecx << 32;
	if ((cpuid(1).ecx & CPUID_1_ECX_PDCM) &&
	    m_rdmsr_safe(MSR_IA32_PERF_CAPABILITIES, &capabilities) &&
	    (capabilities & PERF_METRICS_AVAILABLE))
		bits |= PERF_GLOBAL_CTRL_PERF_METRICS;
	return bits;
}

#define CPUID_7_ECX_CET_SS  BIT(7)
#define CPUID_7_EDX_CET_IBT BIT(20)

/* SDM "CET MSRs": shadow stacks and indirect-branch tracking have bits of their own. */
static u64 supervisor_cet(void)
{
	struct cpuid id = cpuid(7);
	u64 bits = 0;

	if (id.ecx & CPUID_7_ECX_CET_SS)
		bits |= S_CET_SHADOW_STACKS;
	if (id.edx & CPUID_7_EDX_CET_IBT)
		bits |= S_CET_BRANCHES;
	return bits;
}

static bool has_1g_pages(void)
{
	return cpuid(0x80000001).edx & BIT(26);
}

void takeover_first_exit(struct cpu *cpu)
{
	const struct root_config *config = &cpu->config;
	unsigned int i;

	machine_hidden = m_va(config->hidden);
	machine_nr_hidden = config->nr_hidden;
	machine_memory = m_va(config->memory);
	machine_nr_memory = config->nr_memory;
	machine_reach = config->reach;
	machine_forget();
	cpu->shared = m_va(config->shared);
	cpu->ept01 = m_vmread(EPT_POINTER);
	capability_mask = config->mask;
	caps_from_msrs(&cpu->caps, read_capability, physical_width());
	cpu->caps.counters = performance_counters();
	if (cpu->caps.exit.allowed1 & VM_EXIT_LOAD_CET_STATE)
		cpu->caps.s_cet = supervisor_cet();
	tell_capabilities(cpu->shared);
	for (i = 0; i < config->nr_pool; i++)
		pool_add(&cpu->nested.pool, config->pool[i].start, config->pool[i].end);
	ept01_init(cpu);
	cpu->stepping = false;
	nested_init(&cpu->nested, &cpu->caps, cpu->shared, config->vmcs01, has_1g_pages());
	/* No instruction reads the VMXON pointer, so that of such an L1 is unknown. */
	if (config->in_vmx)
		vmxinsn_enter_vmx(&cpu->nested, VMX_NO_VMCS);
	/* entry.S always keeps the registers in the same place. */
	cpu->gpr = (u64 *)config->stack_top - NR_GPRS;
	cpu->nested.gpr = cpu->gpr;
	cpu->ready = true;
	report_event(&cpu->nested, EVENT_TAKEOVER, config->cpu, 0, 0, 0);
}
