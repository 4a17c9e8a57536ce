// SPDX-License-Identifier: GPL-2.0-only
/* From entry.S to whoever answers an exit: L1's exits to l1.c, L2's to nested/. */
#include "cpu.h"

const u32 *machine_hidden;
u32 machine_nr_hidden;
u64 machine_ram_end;

extern const char root_exit_entry[], root_idt_stubs[], root_text_end[], root_data_end[], root_image_end[];
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

bool machine_block_hidden(u64 block)
{
	u32 low = 0, high = machine_nr_hidden;

	while (low < high) {
		u32 middle = (low + high) / 2;

		if (machine_hidden[middle] == block)
			return true;
		if (machine_hidden[middle] < block)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static u64 read_capability(u32 msr)
{
	return m_rdmsr(msr);
}

static u8 physical_width(void)
{
	u32 eax = 0x80000008, ebx, ecx = 0, edx;

	asm volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
	return eax & 0xff;
}

static bool has_1g_pages(void)
{
	u32 eax = 0x80000001, ebx, ecx = 0, edx;

	asm volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
	return edx & BIT(26);
}

/* What can be done in root only, or need not be done before the first exit, is done at the first exit. */
static void first_exit(struct cpu *cpu)
{
	const struct root_config *config = &cpu->config;
	unsigned int i;

	machine_ram_end = config->ram_end;
	machine_hidden = m_va(config->hidden);
	machine_nr_hidden = config->nr_hidden;
	cpu->shared = m_va(config->shared);
	cpu->ept01 = m_vmread(EPT_POINTER);
	caps_from_msrs(&cpu->caps, read_capability, physical_width());
	for (i = 0; i < config->nr_pool; i++)
		pool_add(&cpu->nested.pool, config->pool[i].start, config->pool[i].end);
	nested_init(&cpu->nested, &cpu->caps, cpu->shared, config->vmcs01, cpu->ept01, has_1g_pages());
	cpu->ready = true;
	nested_event(&cpu->nested, EVENT_TAKEOVER, config->cpu, 0, 0, 0);
}

static void note_time(struct cpu *cpu, u64 start)
{
	u64 ticks = m_rdtsc() - start;
	unsigned int bucket = ticks ? 63 - __builtin_clzll(ticks) : 0;

	cpu->shared->stats.root_time[bucket < NR_TIME_BUCKETS ? bucket : NR_TIME_BUCKETS - 1]++;
}

void root_exit(struct cpu *cpu, u64 *gpr)
{
	u64 start = m_rdtsc();
	u32 reason = m_vmread(VM_EXIT_REASON);

	if (unlikely(!cpu->ready))
		first_exit(cpu);
	cpu->gpr = gpr;
	cpu->nested.gpr = gpr;
	if (cpu->nested.in_l2)
		nested_l2_exit(&cpu->nested, reason);
	else
		l1_exit(cpu, reason);
	cpu->config.launch = cpu->nested.launch;
	note_time(cpu, start);
}

void root_entry_refused(struct cpu *cpu, u64 *gpr, u64 rflags)
{
	cpu->gpr = gpr;
	cpu->nested.gpr = gpr;
	if (cpu->nested.in_l2)
		nested_entry_refused(&cpu->nested, rflags);
	else
		root_bug(cpu, BUG_ENTRY_REFUSED, m_vmread(VM_INSTRUCTION_ERROR));
	cpu->config.launch = cpu->nested.launch;
}

void root_deliver_noted(struct cpu *cpu, u64 *gpr)
{
	cpu->gpr = gpr;
	cpu->nested.gpr = gpr;
	if (cpu->config.nmi_noted) {
		/* At most one: while it is blocked the processor keeps the next one itself. */
		cpu->config.nmi_noted = 0;
		cpu->shared->stats.nmis_in_root++;
		cpu->nested.nmi_pending = true;
	}
	if (cpu->config.mc_noted) {
		cpu->config.mc_noted = 0;
		cpu->nested.mc_pending = true;
	}
	nested_deliver_noted(&cpu->nested);
	cpu->config.launch = cpu->nested.launch;
}
