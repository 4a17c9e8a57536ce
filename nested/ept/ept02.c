// SPDX-License-Identifier: GPL-2.0-only
/*
 * EPT02: a software TLB of L1's EPT.
 *
 * It is filled when L2 faults, keeps EPT12's large pages, and may forget anything at any time: when
 * a page is wanted and the pool is empty, or when a root is wanted for another EPT12. Since L1's
 * physical addresses are the machine's, a leaf is EPT12's leaf with two changes. Its rights are the
 * product of those of all levels, and while EPT12 has accessed and dirty flags a page is writable
 * only once its dirty flag there is set. To set that flag and to log the page is one step of the
 * processor's, so page-modification logging is done by software too.
 *
 * L1's INVEPT makes a root stale. Before L2 runs on it again its leaves are compared with EPT12,
 * and those that EPT12 still has stay: a hypervisor executes INVEPT because a few pages have
 * changed or a virtual CPU has moved, and each leaf that was dropped would cost an exit. A root
 * with more leaves than its log has room for is emptied.
 */
#include "arch/vmx.h"
#include "arch/x86.h"
#include "ept/ept02.h"
#include "ept/ept12.h"
#include "ept/spp.h"
#include "ept/tables.h"
#include "machine/contract.h"

static void free_tables(struct nested *n, u64 table_pa, int level)
{
	u64 *table = m_va(table_pa);
	unsigned int i;

	for (i = 0; level > 1 && i < 512; i++) {
		if (is_present(table[i]) && !is_leaf(table[i], level)) {
			free_tables(n, table[i] & VMX_EPT_ADDRESS_MASK, level - 1);
			pool_put(&n->pool, table[i] & VMX_EPT_ADDRESS_MASK);
		}
	}
}

/* Tables that the log had no room for are found by a walk of all entries. */
static void give_tables_back(struct nested *n, const struct ept02_root *root)
{
	const struct ept02_log *log = log_of(root);
	unsigned int i;

	if (unlikely(log->nr_tables > LOG_TABLES)) {
		free_tables(n, root->root, levels_of(root->eptp12));
		return;
	}
	for (i = 0; i < log->nr_tables; i++)
		pool_put(&n->pool, log->tables[i]);
}

static void reset_root(struct ept02_root *root)
{
	struct ept02_log *log = log_of(root);

	log->nr_leaves = 0;
	log->nr_tables = 0;
	root->first = 511;
	root->last = 0;
	root->filled = false;
	root->stale = false;
}

/* The processor may hold pointers to the tables. INVEPT comes before they become something else. */
void ept02_empty_root(struct nested *n, struct ept02_root *root)
{
	u64 *table = m_va(root->root);
	unsigned int i;

	if (root->filled) {
		give_tables_back(n, root);
		for (i = root->first; i <= root->last; i++)
			table[i] = EPT02_EMPTY;
	}
	reset_root(root);
	m_invept(VMX_EPT_EXTENT_CONTEXT, eptp02_of(root));
	n->shared->pool_free = n->pool.left;
}

/*
 * Some root has become stale, or that of another EPT12: each VMCS must choose its root again before
 * its next entry.
 */
static void forget_choices(struct nested *n)
{
	unsigned int i;

	for (i = 0; i < NR_SLOTS; i++)
		n->slots[i].dirty |= DIRTY_EPT;
}

/* A root without entries does not become stale, because the processor can hold nothing of it. */
static void invalidate(struct nested *n, struct ept02_root *root)
{
	stats(n)->ept02_flushes++;
	root->stale = root->filled && !is_identity(root->eptp12);
}

void ept02_invalidate_context(struct nested *n, u64 eptp)
{
	unsigned int i;

	/*
	 * SDM "Operations that Invalidate Cached Mappings": bits 51:12 of the pointer decide,
	 * whatever its flags are.
	 */
	for (i = 0; i < n->ept02.nr_roots; i++) {
		struct ept02_root *root = &n->ept02.roots[i];

		if (!is_identity(root->eptp12) && !((root->eptp12 ^ eptp) & VMX_EPT_ADDRESS_MASK))
			invalidate(n, root);
	}
	forget_choices(n);
}

void ept02_invalidate_all(struct nested *n)
{
	unsigned int i;

	for (i = 0; i < n->ept02.nr_roots; i++)
		invalidate(n, &n->ept02.roots[i]);
	forget_choices(n);
}

void ept02_drop(struct nested *n)
{
	unsigned int i;

	spp_empty(n);
	for (i = 0; i < n->ept02.nr_roots; i++)
		ept02_empty_root(n, &n->ept02.roots[i]);
	stats(n)->ept02_evictions += n->ept02.nr_roots;
}

void ept02_init(struct nested *n)
{
	n->ept02.reserved = VMX_EPT_ADDRESS_MASK & ~GENMASK_ULL(n->caps->maxphyaddr - 1, 0);
	n->ept02.identity = n->caps->maxphyaddr > EPT_SHIFT(5) ? EPTP12_NONE_5 : EPTP12_NONE_4;
	n->ept02.nr_roots = 0;
	n->hidden_page = pool_get(&n->pool);
	n->hidden_sink = pool_get(&n->pool);
	spp_init(n);
}

void ept02_exit(struct nested *n)
{
	ept02_drop(n);
	while (n->ept02.nr_roots) {
		struct ept02_root *root = &n->ept02.roots[--n->ept02.nr_roots];

		pool_put(&n->pool, root->root);
		pool_put(&n->pool, root->log);
		root->eptp12 = 0;
	}
}

static u64 eptp12_of(const struct nested *n, const struct vmcs_slot *slot)
{
	return slot_uses_secondary(slot, SECONDARY_EXEC_ENABLE_EPT) ? SOFT(slot, EPT_POINTER) :
								      n->ept02.identity;
}

/*
 * The two pages of the first root are reserved in the pool, so that there is always one to run on.
 */
static bool take_pages(struct nested *n, struct ept02_root *root)
{
	if (!n->ept02.nr_roots) {
		root->root = pool_take_reserved(&n->pool);
		root->log = pool_take_reserved(&n->pool);
		return true;
	}
	root->root = pool_take(&n->pool);
	root->log = pool_take(&n->pool);
	if (root->log)
		return true;
	if (root->root)
		pool_put(&n->pool, root->root);
	return false;
}

/* Makes one more root. Returns NULL if there are as many as there may be, or no page is left. */
static struct ept02_root *add_root(struct nested *n)
{
	struct ept02_root *root = &n->ept02.roots[n->ept02.nr_roots];

	if (n->ept02.nr_roots == NR_EPT02_ROOTS || !take_pages(n, root))
		return NULL;
	clear_table(root->root);
	reset_root(root);
	n->ept02.nr_roots++;
	return root;
}

/* Returns the root that was chosen longest ago, emptied. */
static struct ept02_root *recycle_root(struct nested *n)
{
	struct ept02_root *pick = n->ept02.roots;
	unsigned int i;

	for (i = 1; i < n->ept02.nr_roots; i++) {
		if (n->ept02.roots[i].used < pick->used)
			pick = &n->ept02.roots[i];
	}
	stats(n)->ept02_evictions++;
	ept02_empty_root(n, pick);
	forget_choices(n);
	return pick;
}

static struct ept02_root *find_root(struct nested *n, u64 eptp12)
{
	struct ept02_root *root;
	unsigned int i;

	for (i = 0; i < n->ept02.nr_roots; i++) {
		if (n->ept02.roots[i].eptp12 == eptp12)
			return &n->ept02.roots[i];
	}
	root = add_root(n);
	if (!root)
		root = recycle_root(n);
	root->eptp12 = eptp12;
	m_invept(VMX_EPT_EXTENT_CONTEXT, eptp02_of(root));
	return root;
}

/*
 * What EPT12 still grants of a leaf: the same page with the same memory type, and of the rights
 * that the leaf had those that EPT12 grants too. As in fill_around(), the processor could hold the
 * result, because no flag would have to be set. Sub-page permissions come again with the
 * next write.
 */
static u64 still_granted(const struct nested *n, u64 eptp12, u64 gpa, int level, u64 leaf)
{
	u64 rights = right_bits(n->current), granted = leaf & rights, table, entry, pa;
	u64 accessed = eptp12 & VMX_EPTP_AD_ENABLE_BIT ? VMX_EPT_ACCESS_BIT : 0;
	int at = walk_plain(n, eptp12, gpa, rights, &table);

	for (;; at--) {
		m_phys_read(table + (gpa >> EPT_SHIFT(at) & 511) * 8, &entry, sizeof(entry));
		if (!(entry & rights) || misconfigured(n, entry, at, rights) ||
		    (entry & accessed) != accessed)
			return EPT02_EMPTY;
		granted &= entry;
		if (is_leaf(entry, at))
			break;
		table = entry & VMX_EPT_ADDRESS_MASK;
	}
	if (at < level)
		return EPT02_EMPTY;
	pa = (entry & VMX_EPT_ADDRESS_MASK & ~(EPT_SIZE(at) - 1)) | (gpa & (EPT_SIZE(at) - 1));
	if (((leaf ^ pa) & VMX_EPT_ADDRESS_MASK) ||
	    ((leaf ^ entry) & (VMX_EPT_MT_MASK | VMX_EPT_IPAT_BIT)))
		return EPT02_EMPTY;
	if (accessed && !(entry & VMX_EPT_DIRTY_BIT)) {
		granted &= ~(u64)VMX_EPT_WRITABLE_MASK;
		leaf &= ~(u64)VMX_EPT_DIRTY_BIT;
	}
	leaf &= ~(rights | VMX_EPT_SUB_PAGE_WRITE_BIT);
	return granted ? leaf | granted : EPT02_EMPTY;
}

/* Compare all leaves of a root with EPT12 before the first entry after L1's INVEPT. */
static void revalidate(struct nested *n, struct ept02_root *root)
{
	struct ept02_log *log = log_of(root);
	unsigned int i, nr = log->nr_leaves;

	if (nr > LOG_LEAVES) {
		ept02_empty_root(n, root);
		return;
	}
	root->stale = false;
	log->nr_leaves = 0;
	for (i = 0; i < nr; i++) {
		u64 gpa = log->leaves[i] & ~(u64)PAGE_4K_MASK;
		int level = log->leaves[i] & PAGE_4K_MASK;
		u64 *entry = leaf_of(root, gpa, level);

		if (!entry)
			continue;
		*entry = still_granted(n, root->eptp12, gpa, level, *entry);
		if (is_present(*entry))
			log_leaf(root, gpa, level);
	}
	m_invept(VMX_EPT_EXTENT_CONTEXT, eptp02_of(root));
}

void ept02_flush_roots(const struct nested *n)
{
	unsigned int i;

	for (i = 0; i < n->ept02.nr_roots; i++)
		m_invept(VMX_EPT_EXTENT_CONTEXT, eptp02_of(&n->ept02.roots[i]));
}

static void use_sub_pages(struct nested *n, const struct vmcs_slot *slot)
{
	bool filled = n->sppt02.filled;

	if (spp_follow(n, SOFT(slot, SPP_TABLE_POINTER)))
		forget_choices(n);
	if (filled && !n->sppt02.filled)
		ept02_flush_roots(n);
}

u64 ept02_choose(struct nested *n, struct vmcs_slot *slot)
{
	struct ept02_root *root = find_root(n, eptp12_of(n, slot));

	if (root->stale)
		revalidate(n, root);
	if (unlikely(slot_uses_secondary(slot, SECONDARY_EXEC_SPP)))
		use_sub_pages(n, slot);
	slot->ept02 = root - n->ept02.roots;
	slot->dirty &= ~DIRTY_EPT;
	root->used = ++n->ept02.clock;
	return eptp02_of(root);
}
