// SPDX-License-Identifier: GPL-2.0-only
/* A copy of the MTRRs, and what they say of a range. */
#include "arch/msr.h"
#include "arch/x86.h"
#include "machine.h"
#include "mtrr.h"

#define MTRR_MASK_VALID	   BIT_ULL(11)
#define MTRR_ENABLED	   BIT_ULL(11)
#define MTRR_FIXED_ENABLED BIT_ULL(10)

static const u16 fixed_msrs[] = {
	MSR_MTRRfix64K_00000,	 MSR_MTRRfix16K_80000,	  MSR_MTRRfix16K_A0000,
	MSR_MTRRfix4K_C0000,	 MSR_MTRRfix4K_C0000 + 1, MSR_MTRRfix4K_C0000 + 2,
	MSR_MTRRfix4K_C0000 + 3, MSR_MTRRfix4K_C0000 + 4, MSR_MTRRfix4K_C0000 + 5,
	MSR_MTRRfix4K_C0000 + 6, MSR_MTRRfix4K_F8000,
};

static void read_variable(struct mtrrs *m, unsigned int count, u64 address_bits)
{
	unsigned int i;

	m->nr_variable = 0;
	for (i = 0; i < count && m->nr_variable < MTRR_MAX_VARIABLE; i++) {
		u64 base = m_rdmsr(MSR_MTRRphysBase(i)), mask = m_rdmsr(MSR_MTRRphysMask(i));

		if (!(mask & MTRR_MASK_VALID))
			continue;
		m->variable[m->nr_variable].base = base & address_bits;
		m->variable[m->nr_variable].mask = mask & address_bits;
		m->variable[m->nr_variable].type = base & 0xff;
		m->nr_variable++;
	}
}

void mtrr_read(struct mtrrs *m, u8 maxphyaddr)
{
	u64 def = m_rdmsr(MSR_MTRRdefType);
	unsigned int i;

	m->enabled = def & MTRR_ENABLED;
	m->fixed_enabled = def & MTRR_FIXED_ENABLED;
	m->def_type = def & 0xff;
	read_variable(m, m_rdmsr(MSR_MTRRcap) & 0xff, GENMASK_ULL(maxphyaddr - 1, 12));
	for (i = 0; m->fixed_enabled && i < ARRAY_SIZE(fixed_msrs); i++)
		m->fixed[i] = m_rdmsr(fixed_msrs[i]);
	m->valid = true;
}

/* Ranges have 64 KBytes below 512 KiB, 16 KBytes below 768 KiB, and 4 KBytes above. */
static u8 fixed_type(const struct mtrrs *m, u64 pa)
{
	unsigned int i;

	if (pa < 0x80000)
		i = pa >> 16;
	else if (pa < 0xc0000)
		i = 8 + ((pa - 0x80000) >> 14);
	else
		i = 24 + ((pa - 0xc0000) >> 12);
	return m->fixed[i / 8] >> (i % 8 * 8);
}

/* SDM "MTRR Precedences": UC wins, WT wins over WB, and other overlaps are undefined. */
static u8 combine(u8 a, u8 b)
{
	if (a == b)
		return a;
	if (a == MEM_TYPE_UC || b == MEM_TYPE_UC)
		return MEM_TYPE_UC;
	if ((a == MEM_TYPE_WT && b == MEM_TYPE_WB) || (a == MEM_TYPE_WB && b == MEM_TYPE_WT))
		return MEM_TYPE_WT;
	return MEM_TYPE_UC;
}

static u8 variable_type(const struct mtrrs *m, u64 pa, u64 size)
{
	u8 type = MTRR_MIXED;
	unsigned int i;

	for (i = 0; i < m->nr_variable; i++) {
		u64 inner = m->variable[i].mask & (size - 1);

		/*
		 * The mask's bits from the range's size up decide whether any of it matches, those
		 * below whether all of it does.
		 */
		if ((pa ^ m->variable[i].base) & m->variable[i].mask & ~(size - 1))
			continue;
		if (inner)
			return MTRR_MIXED;
		type = type == MTRR_MIXED ? m->variable[i].type :
					    combine(type, m->variable[i].type);
	}
	return type == MTRR_MIXED ? m->def_type : type;
}

u8 mtrr_type(const struct mtrrs *m, u64 pa, u64 size)
{
	if (!m->enabled)
		return MEM_TYPE_UC;
	if (m->fixed_enabled && pa < MTRR_FIXED_END)
		return size > PAGE_4K_SIZE ? MTRR_MIXED : fixed_type(m, pa);
	return variable_type(m, pa, size);
}

/* Firmware of a virtual machine may have left them as they are after a reset. */
static bool tells_types(const struct mtrrs *m)
{
	return m->enabled && (m->nr_variable || m->def_type != MEM_TYPE_UC);
}

bool mtrr_is_memory(const struct mtrrs *m, u64 pa, u64 size)
{
	u8 type = mtrr_type(m, pa, size);

	return !tells_types(m) || type == MEM_TYPE_WB || type == MEM_TYPE_WT || type == MEM_TYPE_WP;
}
