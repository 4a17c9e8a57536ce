// SPDX-License-Identifier: GPL-2.0-only
/* From entry.S to whoever answers an exit: L1's exits to l1.c, L2's to nested/. */
#include "cpu.h"

const u64 *machine_hidden;
u64 machine_nr_blocks;

extern const char root_exit_entry[], root_idt_stubs[], root_text_end[], root_data_end[],
	root_image_end[];
extern const struct root_header root_header;

const struct root_header root_header __attribute__((section(".header"), used)) = {
	.magic = ROOT_HEADER_MAGIC,
	.exit_entry = (u64)root_exit_entry,
	.idt_stubs = (u64)root_idt_stubs,
	.text_end = (u64)root_text_end,
	.data_end = (u64)root_data_end,
	.image_end = (u64)root_image_end,
	.cpu_size = sizeof(struct cpu),
};

/* The same for all CPUs; a variable, because caps_from_msrs() has no argument for it. */
static const u64 *capability_mask;

static u64 read_capability(u32 msr)
{
	return m_rdmsr(msr) & ~capability_mask[msr - MSR_IA32_VMX_BASIC];
}

/* For whoever wants to compare with what L1 reads. */
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
#define MSR_IA32_PERF_CAPABILITIES    0x345

/*
 * SDM "Architectural Performance Monitoring": CPUID 0AH counts the counters; from version 5 on ECX
 * names fixed ones beyond the count.
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

/* SDM "CET MSRs": each half of CET has its bits. */
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

/* What can be done in root only, or need not be done before the first exit, is done at the first
 * exit. */
static __attribute__((noinline, cold)) void first_exit(struct cpu *cpu)
{
	const struct root_config *config = &cpu->config;
	unsigned int i;

	machine_hidden = m_va(config->hidden);
	machine_nr_blocks = config->nr_blocks;
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
	nested_init(&cpu->nested, &cpu->caps, cpu->shared, config->vmcs01, cpu->ept01,
		    has_1g_pages());
	/* entry.S keeps the registers in the same place always. */
	cpu->gpr = (u64 *)config->stack_top - NR_GPRS;
	cpu->nested.gpr = cpu->gpr;
	cpu->ready = true;
	nested_event(&cpu->nested, EVENT_TAKEOVER, config->cpu, 0, 0, 0);
}

/* Times below 2^32 ticks: the low halves of the counter will do. */
static inline void note_time(struct cpu *cpu, u32 start)
{
	u32 ticks = m_rdtsc_low() - start;

	cpu->shared->stats.root_time[31 - __builtin_clz(ticks | 1)]++;
}

/* The first exit is an EPT violation, because EPT01 is empty. */
static __attribute__((noinline)) void other_l1_exit(struct cpu *cpu, u32 reason)
{
	if (unlikely(!cpu->ready))
		first_exit(cpu);
	l1_exit(cpu, reason);
}

void root_exit(struct cpu *cpu)
{
	u32 start = m_rdtsc_low(), reason = m_vmread(VM_EXIT_REASON);
	struct nested *n = &cpu->nested;

	if (n->in_l2)
		nested_l2_exit(n, reason);
	else if (likely(reason == EXIT_REASON_VMRESUME))
		nested_vmresume(n);
	else
		other_l1_exit(cpu, reason);
	if (unlikely(n->pending) && !n->nmi_window)
		nested_deliver_noted(n);
	cpu->config.launch = n->launch;
	note_time(cpu, start);
}

/* VMCS01 is root's own work: what it put there last is taken out once; a second refusal is the end
 * of the machine. */
void l1_refused(struct cpu *cpu, u64 detail)
{
	root_bug(cpu, BUG_ENTRY_REFUSED, detail);
	if (cpu->refused++)
		l1_triple_fault();
	m_vmwrite(VM_ENTRY_INTR_INFO_FIELD, 0);
	m_vmwrite(EXCEPTION_BITMAP, 0);
	cpu->config.launch = 0;
}

void root_entry_refused(struct cpu *cpu, u64 *gpr, u64 rflags)
{
	(void)gpr;
	if (!cpu->nested.in_l2) {
		l1_refused(cpu, m_vmread(VM_INSTRUCTION_ERROR));
		return;
	}
	nested_entry_refused(&cpu->nested, rflags);
	cpu->config.launch = cpu->nested.launch;
}

void root_deliver_noted(struct cpu *cpu, u64 *gpr)
{
	(void)gpr;
	if (cpu->config.nmi_noted) {
		/* At most one: while it is blocked the processor keeps the next one itself. */
		cpu->config.nmi_noted = 0;
		cpu->shared->stats.nmis_in_root++;
		nested_note_nmi(&cpu->nested);
	}
	if (cpu->config.mc_noted) {
		cpu->config.mc_noted = 0;
		cpu->nested.mc_pending = true;
	}
	nested_deliver_noted(&cpu->nested);
	cpu->config.launch = cpu->nested.launch;
}
