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

static u64 *pdpt_of(struct cpu *cpu, u64 gpa)
{
	unsigned int index = ept_index(gpa, 4);

	if (index >= cpu->ept01_top)
		cpu->ept01_top = index + 1;
	return table_below(cpu, root_table(cpu), index);
}

u8 machine_memory_type(struct nested *n, u64 pa, u64 size)
{
	struct cpu *cpu = cpu_of(n);

	if (!cpu->mtrr.valid)
		mtrr_read(&cpu->mtrr, cpu->caps.maxphyaddr);
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

static void hide_blocks(u64 *pd, u64 pa)
{
	unsigned int i;

	if (!machine_gb_hidden(pa >> 30))
		return;
	for (i = 0; i < 512; i++) {
		if (machine_block_hidden((pa >> ROOT_BLOCK_SHIFT) + i))
			pd[i] = 0;
	}
}

static bool fill_blocks(struct cpu *cpu, u64 *pd, u64 pa, u8 gb_type)
{
	unsigned int i;

	for (i = 0; i < 512; i++) {
		u64 at = pa + ((u64)i << ROOT_BLOCK_SHIFT);
		u8 type = gb_type == MTRR_MIXED ? mtrr_type(&cpu->mtrr, at, ROOT_BLOCK_SIZE) :
						  gb_type;

		if (type != MTRR_MIXED)
			pd[i] = leaf(at, type) | VMX_EPT_LEAF_BIT;
		else if (!fill_pages(cpu, pd, at))
			return false;
	}
	hide_blocks(pd, pa);
	return true;
}

static bool fill_gb(struct cpu *cpu, u64 gpa)
{
	u64 pa = gpa & ~GENMASK_ULL(29, 0);
	u64 *pdpt = pdpt_of(cpu, gpa);
	u64 *pd;
	u8 type;

	if (!pdpt)
		return false;
	type = mtrr_type(&cpu->mtrr, pa, BIT_ULL(30));
	if ((cpu->caps.ept_vpid & VMX_EPT_1GB_PAGE_BIT) && type != MTRR_MIXED &&
	    !machine_gb_hidden(pa >> 30)) {
		pdpt[ept_index(gpa, 3)] = leaf(pa, type) | VMX_EPT_LEAF_BIT;
		return true;
	}
	pd = table_below(cpu, pdpt, ept_index(gpa, 3));
	return pd && fill_blocks(cpu, pd, pa, type);
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
		if (level > 1)
			pool_put(&cpu->nested.pool, pa);
		table[i] = 0;
	}
}

void ept01_reset(struct cpu *cpu)
{
	cpu->mtrr.valid = false;
	free_below(cpu, root_table(cpu), cpu->ept01_top, 4);
	cpu->ept01_top = 0;
	m_invept(VMX_EPT_EXTENT_CONTEXT, cpu->ept01);
}

void ept01_forget(struct cpu *cpu)
{
	cpu->mtrr.valid = false;
	cpu->ept01_top = 0;
}

/*
 * Returns the PD entry of a hidden block. Its gigabyte is filled first; it cannot be one large
 * page.
 */
static u64 *hidden_entry(struct cpu *cpu, u64 gpa)
{
	u64 *pdpt = pdpt_of(cpu, gpa);

	if (!pdpt || (!pdpt[ept_index(gpa, 3)] && !fill_gb(cpu, gpa)))
		return NULL;
	return &((u64 *)m_va(pdpt[ept_index(gpa, 3)] & VMX_EPT_ADDRESS_MASK))[ept_index(gpa, 2)];
}

/* All pages of the block become one page of zeros, until the instruction has been executed. */
static bool show_zeros(struct cpu *cpu, u64 *entry)
{
	u64 zero = pool_get(&cpu->nested.pool);
	u64 *pt = zero ? table_below(cpu, entry, 0) : NULL;
	unsigned int i;

	if (!pt)
		return false;
	for (i = 0; i < 512; i++)
		pt[i] = leaf(zero, MEM_TYPE_WB);
	return true;
}

static void hide_again(struct cpu *cpu, u64 *entry)
{
	u64 *pt = m_va(*entry & VMX_EPT_ADDRESS_MASK);

	pool_put(&cpu->nested.pool, pt[0] & VMX_EPT_ADDRESS_MASK);
	pool_put(&cpu->nested.pool, *entry & VMX_EPT_ADDRESS_MASK);
	*entry = 0;
}

/* One instruction may touch several blocks; each shows zeros until it is done. */
static void pass_hidden(struct cpu *cpu, u64 gpa, u64 qualification)
{
	bool write = qualification & EPT_VIOLATION_ACC_WRITE;
	u64 *entry = hidden_entry(cpu, gpa);

	if (write)
		cpu->shared->stats.blocked_writes++;
	else
		cpu->shared->stats.blocked_reads++;
	report_event(&cpu->nested, EVENT_BLOCKED, gpa, write, m_vmread(GUEST_RIP), 0);
	if (!entry || cpu->nr_unhidden == ROOT_MAX_UNHIDDEN || !show_zeros(cpu, entry)) {
		fault_bug(cpu, BUG_POOL, gpa);
		return;
	}
	if (!cpu->nr_unhidden)
		step_begin(cpu);
	cpu->unhidden[cpu->nr_unhidden++] = entry;
}

void ept01_step_done(struct cpu *cpu)
{
	while (cpu->nr_unhidden)
		hide_again(cpu, cpu->unhidden[--cpu->nr_unhidden]);
	m_invept(VMX_EPT_EXTENT_CONTEXT, cpu->ept01);
}

void ept01_violation(struct cpu *cpu)
{
	u64 gpa = m_vmread(GUEST_PHYSICAL_ADDRESS), qualification = m_vmread(EXIT_QUALIFICATION);

	machine_memory_type(&cpu->nested, 0, PAGE_4K_SIZE);
	guest_block_nmis();
	guest_reinject();
	guest_drop_trap();
	if (machine_block_hidden(gpa >> ROOT_BLOCK_SHIFT)) {
		pass_hidden(cpu, gpa, qualification);
		return;
	}
	if (fill_gb(cpu, gpa))
		return;
	/* The pool is empty, so begin anew, with an empty EPT01 and an empty EPT02. */
	ept02_drop(&cpu->nested);
	ept01_reset(cpu);
	mtrr_read(&cpu->mtrr, cpu->caps.maxphyaddr);
	if (!fill_gb(cpu, gpa))
		fault_bug(cpu, BUG_POOL, gpa);
}
