// SPDX-License-Identifier: GPL-2.0-only
/*
 * EPT01: L1's physical addresses are the machine's.
 *
 * Each CPU has its own and fills it as L1 touches memory, a gigabyte at a time. What a TLB may
 * forget, EPT01 may forget. So changed memory types or an empty pool cost no more than filling it
 * again, and no CPU ever has to tell another. Blocks that belong to Nestor are left out. An access
 * to one is let through to a page of zeros for the length of one instruction: reads give zeros,
 * writes vanish, and Linux lives on.
 */
#include "arch/vmx.h"
#include "arch/x86.h"
#include "arch/fields.h"
#include "cpu.h"
#include "ept01.h"
#include "fault.h"
#include "machine.h"
#include "machine/pool.h"
#include "machine/shared.h"
#include "mtrr.h"
#include "nested.h"
#include "step.h"

#define EPT_TABLE	       VMX_EPT_RWX_MASK
#define EPT_LEVEL_SHIFT(level) (12 + 9 * ((level)-1))

/* What L1 may do with a hidden block that shows zeros: everything but write */
#define READ_ONLY (VMX_EPT_READABLE_MASK | VMX_EPT_EXECUTABLE_MASK)

static unsigned int ept_index(u64 gpa, int level)
{
	return (gpa >> EPT_LEVEL_SHIFT(level)) & 511;
}

static u64 leaf(u64 pa, u8 type)
{
	return pa | EPT_TABLE | (u64)type << VMX_EPT_MT_SHIFT;
}

static u64 *root_table(struct cpu *cpu)
{
	return m_va(cpu->config.ept01_root);
}

/* VMCS01 was given as many levels as L1's physical addresses take. */
static int levels(const struct cpu *cpu)
{
	return (cpu->ept01 & VMX_EPTP_PWL_MASK) == VMX_EPTP_PWL_5 ? 5 : 4;
}

static u64 *table_below(struct cpu *cpu, u64 *table, unsigned int index)
{
	u64 pa;

	if (table[index])
		return m_va(table[index] & VMX_EPT_ADDRESS_MASK);
	pa = pool_get(&cpu->nested.pool);
	if (!pa)
		return NULL;
	table[index] = pa | EPT_TABLE;
	return m_va(pa);
}

/* The table of a level on the way to an address, or NULL if there is no page for a table. */
static u64 *table_of(struct cpu *cpu, u64 gpa, int level)
{
	u64 *table = root_table(cpu);
	int at = levels(cpu);

	if (ept_index(gpa, at) >= cpu->ept01_top)
		cpu->ept01_top = ept_index(gpa, at) + 1;
	for (; table && at > level; at--)
		table = table_below(cpu, table, ept_index(gpa, at));
	return table;
}

static void read_types(struct cpu *cpu)
{
	if (!cpu->mtrr.valid)
		mtrr_read(&cpu->mtrr, cpu->caps.maxphyaddr);
}

u8 machine_memory_type(struct nested *n, u64 pa, u64 size)
{
	struct cpu *cpu = cpu_of(n);

	read_types(cpu);
	return mtrr_type(&cpu->mtrr, pa, size);
}

/* The types of 2 MiB may differ by the fixed-range MTRRs below 1 MiB, or as firmware chose. */
static bool fill_pages(struct cpu *cpu, u64 *pd, u64 pa)
{
	u64 *pt = table_below(cpu, pd, ept_index(pa, 2));
	unsigned int i;

	if (!pt)
		return false;
	for (i = 0; i < 512; i++, pa += PAGE_4K_SIZE) {
		u8 type = mtrr_type(&cpu->mtrr, pa, PAGE_4K_SIZE);

		pt[i] = leaf(pa, type == MTRR_MIXED ? MEM_TYPE_UC : type);
	}
	return true;
}

/* A hidden block is never entered, not even for the moment until all others are. */
static bool fill_blocks(struct cpu *cpu, u64 *pd, u64 pa, u8 gb_type)
{
	bool hides = machine_gb_hidden(pa >> 30);
	unsigned int i;

	for (i = 0; i < 512; i++) {
		u64 at = pa + ((u64)i << ROOT_BLOCK_SHIFT);
		u8 type = gb_type == MTRR_MIXED ? mtrr_type(&cpu->mtrr, at, ROOT_BLOCK_SIZE) :
						  gb_type;

		if (hides && machine_block_hidden(at >> ROOT_BLOCK_SHIFT))
			continue;
		if (type != MTRR_MIXED)
			pd[i] = leaf(at, type) | VMX_EPT_LEAF_BIT;
		else if (!fill_pages(cpu, pd, at))
			return false;
	}
	return true;
}

static bool fill_gb(struct cpu *cpu, u64 gpa)
{
	u64 pa = gpa & ~GENMASK_ULL(29, 0);
	u64 *pdpt = table_of(cpu, gpa, 3);
	u64 *pd;
	u8 type;

	if (!pdpt)
		return false;
	read_types(cpu);
	type = mtrr_type(&cpu->mtrr, pa, BIT_ULL(30));
	if ((cpu->caps.ept_vpid & VMX_EPT_1GB_PAGE_BIT) && type != MTRR_MIXED &&
	    !machine_gb_hidden(pa >> 30)) {
		pdpt[ept_index(gpa, 3)] = leaf(pa, type) | VMX_EPT_LEAF_BIT;
		return true;
	}
	pd = table_below(cpu, pdpt, ept_index(gpa, 3));
	return pd && fill_blocks(cpu, pd, pa, type);
}

/* The tables of hidden blocks that show something are no pages of the pool. */
static bool is_of_pool(const struct cpu *cpu, u64 table)
{
	return table != cpu->zero_table && table != cpu->sink_table;
}

static void free_below(struct cpu *cpu, u64 *table, unsigned int count, int level)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		u64 pa = table[i] & VMX_EPT_ADDRESS_MASK;

		if (!(table[i] & EPT_TABLE) || (table[i] & VMX_EPT_LEAF_BIT))
			continue;
		if (level > 2)
			free_below(cpu, m_va(pa), 512, level - 1);
		if (level > 2 || is_of_pool(cpu, pa))
			pool_put(&cpu->nested.pool, pa);
		table[i] = 0;
	}
}

/* What was written to hidden memory is lost, as it must be. */
static void forget_shown(struct cpu *cpu)
{
	cpu->nr_shown = 0;
	if (cpu->sink_dirty)
		__builtin_memset(m_va(cpu->sink), 0, PAGE_4K_SIZE);
	cpu->sink_dirty = false;
}

/*
 * Nothing that points into a table outlives it: an instruction that was shown hidden memory begins
 * anew, and is shown it again.
 */
static void empty(struct cpu *cpu)
{
	forget_shown(cpu);
	free_below(cpu, root_table(cpu), cpu->ept01_top, levels(cpu));
	cpu->ept01_top = 0;
	m_invept(VMX_EPT_EXTENT_CONTEXT, cpu->ept01);
}

void ept01_reset(struct cpu *cpu)
{
	cpu->mtrr.valid = false;
	empty(cpu);
}

void ept01_forget(struct cpu *cpu)
{
	cpu->mtrr.valid = false;
	cpu->nr_shown = 0;
	cpu->ept01_top = 0;
}

/*
 * As fill_gb(). When the pool is empty, begin anew with an empty EPT01 and an empty EPT02: the pool
 * is larger than what one instruction can want of EPT01.
 */
static bool fill(struct cpu *cpu, u64 gpa)
{
	if (fill_gb(cpu, gpa))
		return true;
	ept02_drop(&cpu->nested);
	empty(cpu);
	if (fill_gb(cpu, gpa))
		return true;
	fault_bug(cpu, BUG_POOL, gpa);
	return false;
}

static bool gb_filled(struct cpu *cpu, u64 gpa)
{
	const u64 *pdpt = table_of(cpu, gpa, 3);

	return pdpt && pdpt[ept_index(gpa, 3)];
}

/*
 * Returns the PD entry of a hidden block. Its gigabyte is filled first; it cannot be one large
 * page.
 */
static u64 *hidden_entry(struct cpu *cpu, u64 gpa)
{
	if (!gb_filled(cpu, gpa) && !fill(cpu, gpa))
		return NULL;
	return table_of(cpu, gpa, 2) + ept_index(gpa, 2);
}

/*
 * All pages of the block become one page, until the instruction has been executed. One that is read
 * only shows zeros, which nothing can be written to. One that is written to becomes another page,
 * which is cleaned afterwards. So an instruction finds in a block what it has written there itself,
 * as in any memory, but neither in a block that it reads only, nor does the next instruction.
 */
static void show(struct cpu *cpu, u64 *entry, bool write)
{
	if (!*entry) {
		if (cpu->nr_shown < ROOT_MAX_SHOWN)
			cpu->shown[cpu->nr_shown] = entry;
		cpu->nr_shown++;
	}
	if (write) {
		*entry = cpu->sink_table | EPT_TABLE;
		cpu->sink_dirty = true;
	} else if (!*entry) {
		*entry = cpu->zero_table | READ_ONLY;
	}
}

/* One instruction may touch several blocks; each is shown until it is done. */
static void pass_hidden(struct cpu *cpu, u64 gpa, u64 qualification)
{
	bool write = qualification & EPT_VIOLATION_ACC_WRITE;
	u64 *entry = hidden_entry(cpu, gpa);

	if (write)
		cpu->shared->stats.blocked_writes++;
	else
		cpu->shared->stats.blocked_reads++;
	report_event(&cpu->nested, EVENT_BLOCKED, gpa, write, m_vmread(GUEST_RIP), 0);
	if (!entry)
		return;
	show(cpu, entry, write);
	step_begin(cpu);
}

/* The list has room for what usual instructions touch. After others EPT01 is emptied. */
void ept01_hide(struct cpu *cpu)
{
	u32 nr = cpu->nr_shown;

	if (!nr)
		return;
	if (nr > ROOT_MAX_SHOWN) {
		empty(cpu);
		return;
	}
	while (nr)
		*cpu->shown[--nr] = 0;
	forget_shown(cpu);
	m_invept(VMX_EPT_EXTENT_CONTEXT, cpu->ept01);
}

/* A page of which all 512 entries are the same page. */
static u64 table_of_one(struct cpu *cpu, u64 page)
{
	u64 pa = pool_get(&cpu->nested.pool), *table = m_va(pa);
	unsigned int i;

	for (i = 0; i < 512; i++)
		table[i] = leaf(page, MEM_TYPE_WB);
	return pa;
}

void ept01_init(struct cpu *cpu)
{
	cpu->zero_table = table_of_one(cpu, pool_get(&cpu->nested.pool));
	cpu->sink = pool_get(&cpu->nested.pool);
	cpu->sink_table = table_of_one(cpu, cpu->sink);
	cpu->sink_dirty = false;
	cpu->nr_shown = 0;
	cpu->ept01_top = 0;
}

void ept01_violation(struct cpu *cpu)
{
	u64 gpa = m_vmread(GUEST_PHYSICAL_ADDRESS), qualification = m_vmread(EXIT_QUALIFICATION);

	guest_block_nmis();
	guest_reinject();
	guest_drop_trap();
	if (machine_block_hidden(gpa >> ROOT_BLOCK_SHIFT))
		pass_hidden(cpu, gpa, qualification);
	else
		fill(cpu, gpa);
}
