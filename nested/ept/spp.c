// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sub-page write permissions of L2 (SDM "Sub-Page Write Permissions").
 *
 * As EPT02 is one of L1's EPT, SPPT02 is a software TLB of L1's sub-page-permission table, SPPT12.
 * The processor never reads a table of L1. So an entry there that names Nestor's own memory reads
 * as ones, as all of that memory does, and is a misconfiguration. SPPT02 has the entries of pages
 * that L2 has written to. There is one per CPU, which is emptied when another SPPT12 is wanted.
 * L1's INVEPT takes bit 61 from EPT02's leaves, so that the next write to each of them looks into
 * SPPT12 again.
 */
#include "arch/vmx.h"
#include "ept/spp.h"
#include "machine/contract.h"

#define SPP_ADDRESS	      GENMASK_ULL(51, 12)
#define SPP_VALID	      BIT_ULL(0)
#define SPP_LEVELS	      4
#define SPP_INDEX(gpa, level) ((gpa) >> (12 + 9 * ((level)-1)) & 511)

/* Bit 2i of the last entry is the permission of the i-th 128 bytes, the odd bits are reserved. */
#define SPP_RESERVED_L1	  0xaaaaaaaaaaaaaaaaull
#define SPP_SUB_PAGE(gpa) (((gpa) >> 7 & 31) * 2)

/*
 * The reserved bits of an entry that is not the last: bits 11:1 and those that are no address bits.
 * @reserved are the bits of an address that do not exist.
 */
static u64 reserved_bits(u64 reserved)
{
	return GENMASK_ULL(63, 52) | reserved | GENMASK_ULL(11, 1);
}

/* This is SDM "Determining an Access's Sub-Page Write Permission". */
enum spp_result spp_walk(const struct nested *n, u64 gpa, u64 *permissions)
{
	u64 table = SOFT(n->current, SPP_TABLE_POINTER), entry;
	int level;

	for (level = SPP_LEVELS; level > 1; level--) {
		m_phys_read(table + SPP_INDEX(gpa, level) * 8, &entry, sizeof(entry));
		if (!(entry & SPP_VALID))
			return SPP_MISS;
		if (entry & reserved_bits(n->ept02.reserved))
			return SPP_MISCONFIG;
		table = entry & SPP_ADDRESS;
	}
	m_phys_read(table + SPP_INDEX(gpa, 1) * 8, permissions, sizeof(*permissions));
	if (*permissions & SPP_RESERVED_L1)
		return SPP_MISCONFIG;
	return *permissions >> SPP_SUB_PAGE(gpa) & 1 ? SPP_WRITABLE : SPP_DENIED;
}

void spp_init(struct nested *n)
{
	n->sppt02 = (struct sppt02){ .root = 0 };
	if (n->caps->proc2.allowed1 & SECONDARY_EXEC_SPP)
		n->sppt02.root = pool_get(&n->pool);
}

static void empty_table(struct nested *n, u64 pa, int level)
{
	u64 *table = m_va(pa);
	unsigned int i;

	for (i = 0; level > 1 && i < 512; i++) {
		if (!(table[i] & SPP_VALID))
			continue;
		empty_table(n, table[i] & SPP_ADDRESS, level - 1);
		pool_put(&n->pool, table[i] & SPP_ADDRESS);
		table[i] = 0;
	}
}

void spp_empty(struct nested *n)
{
	if (n->sppt02.filled)
		empty_table(n, n->sppt02.root, SPP_LEVELS);
	n->sppt02.filled = false;
}

bool spp_follow(struct nested *n, u64 spptp12)
{
	struct sppt02 *sppt02 = &n->sppt02;
	bool other = sppt02->spptp12 != spptp12;

	sppt02->spptp12 = spptp12;
	if (other)
		spp_empty(n);
	m_vmwrite(SPP_TABLE_POINTER, sppt02->root);
	return other;
}

enum sppt02_result spp_enter(struct nested *n, u64 gpa, u64 permissions)
{
	u64 *entry = m_va(n->sppt02.root), pa, old;
	int level;

	entry += SPP_INDEX(gpa, SPP_LEVELS);
	for (level = SPP_LEVELS - 1; level; level--) {
		if (!(*entry & SPP_VALID)) {
			pa = pool_get(&n->pool);
			if (!pa)
				return SPPT02_NO_PAGE;
			*entry = pa | SPP_VALID;
			n->sppt02.filled = true;
		}
		entry = (u64 *)m_va(*entry & SPP_ADDRESS) + SPP_INDEX(gpa, level);
	}
	old = *entry;
	*entry = permissions;
	if (old == permissions)
		return SPPT02_SAME;
	return old ? SPPT02_CHANGED : SPPT02_NEW;
}
