// SPDX-License-Identifier: GPL-2.0-only
/*
 * EPT02: a software TLB of L1's EPT.
 *
 * It is filled when L2 faults, keeps EPT12's large pages, and may forget anything at any time: when
 * a page is wanted and the pool is empty, when a root is wanted for another EPT12. Since L1's
 * physical addresses are the machine's, a leaf is EPT12's leaf with two changes: rights are the
 * product of all levels, and while EPT12 has accessed and dirty flags a page is writable only once
 * its dirty flag there is set. Setting it and logging the page are one step of the processor's, so
 * page-modification logging is software too.
 *
 * L1's INVEPT makes a root stale. Before L2 runs on it again its leaves are held against EPT12, and
 * those that EPT12 still has stay: a hypervisor invalidates for the sake of a few pages, or because
 * a virtual CPU has moved, and each leaf that were dropped would cost an exit. A root with more
 * leaves than its log has room for is emptied.
 */
#include "arch/reasons.h"
#include "ept/ept02.h"
#include "ept/spp.h"
#include "ept/ve.h"
#include "ept/violation.h"
#include "machine/contract.h"
#include "vmcs/overlay.h"

#define EPT_ADDRESS	 GENMASK_ULL(51, 12)
#define EPT_SHIFT(level) (12 + 9 * ((level)-1))
#define EPT_SIZE(level)	 BIT_ULL(EPT_SHIFT(level))
#define EPT02_EMPTY	 VMX_EPT_SUPPRESS_VE_BIT
#define EPT02_TABLE	 (VMX_EPT_RWX_MASK | VMX_EPT_USER_EXECUTABLE_MASK | VMX_EPT_ACCESS_BIT)
#define FILL_AROUND	 8
#define LOG_LEAVES	 128
#define LOG_TABLES	 380

/* With mode-based execute control, in place of a right: either of the two. No right is here. */
#define NEED_FETCH   BIT_ULL(63)
#define FETCH_RIGHTS (VMX_EPT_EXECUTABLE_MASK | VMX_EPT_USER_EXECUTABLE_MASK)

/* SDM "Exit Qualification": of SPP-related events */
#define SPP_EVENT_MISS BIT_ULL(11)

/**
 * struct walk12 - where a walk of EPT12 ended
 * @entry: the leaf, with the flags that the walk has set
 * @table: physical address of the table that holds it
 * @level: 1 for a 4-KByte page, 2 for 2 MiB, 3 for 1 GiB
 * @rights: product of the rights of all levels (bits 2:0, and 10)
 * @ad: EPT12 has accessed and dirty flags
 * @suppress_ve: bit 63 of the entry that decides whether a violation may become a #VE
 * @sub_page: the write has no more than its sub-page's permission
 * @permissions: those of all sub-pages, then
 */
struct walk12 {
	u64 entry;
	u64 table;
	int level;
	u64 rights;
	bool ad;
	bool suppress_ve;
	bool sub_page;
	u64 permissions;
};

/**
 * struct ept02_log - what a root is made of; a page of its own
 * @nr_leaves, @nr_tables: how many there are below; one more than there is room for: more than that
 * @leaves: guest-physical addresses of what was entered, the level in the low bits
 * @tables: physical addresses of its tables, but the topmost
 */
struct ept02_log {
	u32 nr_leaves;
	u32 nr_tables;
	u64 leaves[LOG_LEAVES + 1];
	u64 tables[LOG_TABLES + 1];
};

_Static_assert(sizeof(struct ept02_log) <= PAGE_4K_SIZE, "the log is a page");

enum walk12_result {
	WALK12_OK,
	WALK12_VIOLATION,
	WALK12_MISCONFIG,
	WALK12_LOG_FULL,
	WALK12_SPP_MISS,
	WALK12_SPP_MISCONFIG,
	WALK12_CHANGED
};

/* What a walk may do: set flags; nothing; set flags, where a sub-page's permission will do too. */
enum walk12_mode { WALK12_SET, WALK12_PEEK, WALK12_SUB_PAGE };

static bool mode_based_exec(const struct nested *n)
{
	return slot_uses_secondary(n->current, SECONDARY_EXEC_MODE_BASED_EPT_EXEC);
}

static u64 right_bits(const struct nested *n)
{
	return VMX_EPT_RWX_MASK | (mode_based_exec(n) ? VMX_EPT_USER_EXECUTABLE_MASK : 0);
}

static bool is_leaf(u64 entry, int level)
{
	return level == 1 || (entry & VMX_EPT_LEAF_BIT);
}

/* SDM "EPT Misconfigurations", the part that concerns a leaf's and a table's reserved bits. */
static bool reserved_bits_set(const struct nested *n, u64 entry, int level)
{
	u64 type = (entry & VMX_EPT_MT_MASK) >> VMX_EPT_MT_SHIFT;

	if (entry & n->ept02.reserved)
		return true;
	if (level >= 4)
		return entry & GENMASK_ULL(7, 3);
	if (!is_leaf(entry, level))
		return entry & GENMASK_ULL(6, 3);
	if (level == 3 && !(n->caps->ept_vpid & VMX_EPT_1GB_PAGE_BIT))
		return true;
	if (level > 1 && (entry & (EPT_SIZE(level) - 1) & EPT_ADDRESS))
		return true;
	return type == 2 || type == 3 || type == 7;
}

static bool misconfigured(const struct nested *n, u64 entry, int level, u64 rights)
{
	rights &= entry;
	if ((rights & VMX_EPT_WRITABLE_MASK) && !(rights & VMX_EPT_READABLE_MASK))
		return true;
	if (!(rights & VMX_EPT_READABLE_MASK) && !(n->caps->ept_vpid & VMX_EPT_EXECUTE_ONLY_BIT))
		return true;
	return reserved_bits_set(n, entry, level);
}

/* EPT02 has as many levels as EPT12, or it could not map all that EPT12 maps. */
static int levels_of(u64 eptp)
{
	return eptp != EPTP12_NONE && (eptp & VMX_EPTP_PWL_MASK) == VMX_EPTP_PWL_5 ? 5 : 4;
}

/*
 * Most entries of tables grant everything, have no reserved bit and are accessed: one comparison
 * finds them. Others, and what lies at addresses that L1 has no memory at, are the careful walk's.
 */
static inline __attribute__((always_inline)) bool step_down(u64 *table, u64 gpa, int level,
							    u64 decides, u64 plain)
{
	u64 pa = *table + (gpa >> (EPT_SHIFT(level) - 3) & 0xff8), entry;

	if (unlikely(!m_phys_read(pa, &entry, sizeof(entry)) || (entry & decides) != plain))
		return false;
	*table = entry & EPT_ADDRESS;
	return true;
}

/* Returns the level of @table, down to which the way was plain. */
static inline __attribute__((always_inline)) int walk_plain(const struct nested *n, u64 eptp,
							    u64 gpa, u64 rights, u64 *table)
{
	u64 plain = rights | (eptp & VMX_EPTP_AD_ENABLE_BIT ? VMX_EPT_ACCESS_BIT : 0);
	u64 decides = plain | GENMASK_ULL(7, 3) | n->ept02.reserved;

	*table = eptp & EPT_ADDRESS;
	if (unlikely(levels_of(eptp) == 5)) {
		if (!step_down(table, gpa, 5, decides, plain))
			return 5;
	} else if (unlikely(gpa >> EPT_SHIFT(5))) {
		return 4;
	}
	if (!step_down(table, gpa, 4, decides, plain))
		return 4;
	if (!step_down(table, gpa, 3, decides, plain))
		return 3;
	return step_down(table, gpa, 2, decides, plain) ? 1 : 2;
}

/* Flags that a walk is to set in entries it has used; more of them than there are levels are none. */
struct flag_updates {
	unsigned int nr;
	struct {
		u64 pa;
		u64 entry;
		u64 flags;
	} of[5];
};

static void use_entry(struct flag_updates *updates, u64 pa, u64 entry, u64 flags)
{
	if (likely((entry & flags) == flags))
		return;
	updates->of[updates->nr].pa = pa;
	updates->of[updates->nr].entry = entry;
	updates->of[updates->nr++].flags = flags;
}

/* Returns false if an entry has changed meanwhile: then it must be read anew. */
static bool set_flags(const struct flag_updates *updates)
{
	unsigned int i;

	for (i = 0; i < updates->nr; i++) {
		u64 entry = updates->of[i].entry;

		if (!m_phys_cmpxchg64(updates->of[i].pa, entry, entry | updates->of[i].flags))
			return false;
	}
	return true;
}

/* SDM "Page-Modification Logging": the index counts down, and beyond the page the log is full. */
static bool log_full(const struct nested *n)
{
	return slot_uses_secondary(n->current, SECONDARY_EXEC_ENABLE_PML) &&
	       (u16)m_vmread(GUEST_PML_INDEX) >= PML_ENTRIES;
}

static void log_page(const struct nested *n, u64 gpa)
{
	u16 index;

	if (!slot_uses_secondary(n->current, SECONDARY_EXEC_ENABLE_PML))
		return;
	index = m_vmread(GUEST_PML_INDEX);
	gpa &= ~(u64)PAGE_4K_MASK;
	m_phys_write(n->current->value[FI_PML_ADDRESS] + index * sizeof(gpa), &gpa, sizeof(gpa));
	m_vmwrite(GUEST_PML_INDEX, (u16)(index - 1));
}

static bool rights_suffice(const struct walk12 *walk, u64 need)
{
	if ((walk->rights & need & ~NEED_FETCH) != (need & ~NEED_FETCH))
		return false;
	return !(need & NEED_FETCH) || (walk->rights & FETCH_RIGHTS);
}

/*
 * SDM "Write Accesses That Are Eligible for Sub-Page Write Permissions": to a 4-KByte page that can
 * be read and not written to, and that has bit 61. @walk has the rights, @entry is the last.
 */
static __attribute__((noinline)) enum walk12_result
sub_page_grants(const struct nested *n, u64 gpa, u64 entry, int level, struct walk12 *walk)
{
	const u64 read_write = VMX_EPT_READABLE_MASK | VMX_EPT_WRITABLE_MASK;

	if (level != 1 || !(entry & VMX_EPT_SUB_PAGE_WRITE_BIT) ||
	    (walk->rights & read_write) != VMX_EPT_READABLE_MASK)
		return WALK12_VIOLATION;
	switch (spp_walk(n, gpa, &walk->permissions)) {
	case SPP_WRITABLE:
		walk->sub_page = true;
		return WALK12_OK;
	case SPP_MISS:
		return WALK12_SPP_MISS;
	case SPP_MISCONFIG:
		return WALK12_SPP_MISCONFIG;
	default:
		return WALK12_VIOLATION;
	}
}

/*
 * SDM "Accessed and Dirty Flags for EPT": set when an entry is used for a translation, and a walk
 * that ends in a violation has made none. A full log is noticed before anything is set. Where nothing
 * may be set (WALK12_PEEK) and something would have to be the walk ends as a violation.
 */
ALWAYS_INLINE enum walk12_result walk12_once(const struct nested *n, u64 eptp, u64 gpa, u64 need,
					     enum walk12_mode mode, struct walk12 *walk)
{
	u64 rights = right_bits(n), table, entry, pa;
	int level = walk_plain(n, eptp, gpa, rights, &table);
	struct flag_updates updates = { .nr = 0 };
	u64 accessed = eptp & VMX_EPTP_AD_ENABLE_BIT ? VMX_EPT_ACCESS_BIT : 0, flags = 0;
	enum walk12_result verdict;

	walk->rights = rights;
	walk->ad = accessed;
	if (unlikely(gpa >> EPT_SHIFT(levels_of(eptp) + 1))) {
		walk->rights = 0;
		walk->suppress_ve = true;
		return WALK12_VIOLATION;
	}
	for (;; level--) {
		pa = table + (gpa >> EPT_SHIFT(level) & 511) * 8;
		m_phys_read(pa, &entry, sizeof(entry));
		walk->suppress_ve = entry & VMX_EPT_SUPPRESS_VE_BIT;
		if (!(entry & rights)) {
			walk->rights = 0;
			return WALK12_VIOLATION;
		}
		if (misconfigured(n, entry, level, rights))
			return WALK12_MISCONFIG;
		walk->rights &= entry;
		if (is_leaf(entry, level))
			break;
		use_entry(&updates, pa, entry, accessed);
		table = entry & EPT_ADDRESS;
	}
	if (!rights_suffice(walk, need)) {
		if (likely(mode != WALK12_SUB_PAGE))
			return WALK12_VIOLATION;
		verdict = sub_page_grants(n, gpa, entry, level, walk);
		if (verdict != WALK12_OK)
			return verdict;
	}
	if (accessed) {
		flags = accessed | (need & VMX_EPT_WRITABLE_MASK ? VMX_EPT_DIRTY_BIT : 0);
		use_entry(&updates, pa, entry, flags);
	}
	if (unlikely(updates.nr)) {
		if (mode == WALK12_PEEK)
			return WALK12_VIOLATION;
		if (log_full(n))
			return WALK12_LOG_FULL;
		if (!set_flags(&updates))
			return WALK12_CHANGED;
		if (flags & ~entry & VMX_EPT_DIRTY_BIT)
			log_page(n, gpa);
	}
	walk->entry = entry | flags;
	walk->table = table;
	walk->level = level;
	return WALK12_OK;
}

/* Another CPU of L1 may change an entry again and again: that costs time, and no stack. */
ALWAYS_INLINE enum walk12_result walk12(const struct nested *n, u64 eptp, u64 gpa, u64 need,
					enum walk12_mode mode, struct walk12 *walk)
{
	enum walk12_result result;

	do {
		result = walk12_once(n, eptp, gpa, need, mode, walk);
	} while (unlikely(result == WALK12_CHANGED));
	return result;
}

/* The tables of EPT02 */

static void clear_table(u64 pa)
{
	u64 *table = m_va(pa);
	unsigned int i;

	for (i = 0; i < 512; i += 8) {
		table[i] = EPT02_EMPTY;
		table[i + 1] = EPT02_EMPTY;
		table[i + 2] = EPT02_EMPTY;
		table[i + 3] = EPT02_EMPTY;
		table[i + 4] = EPT02_EMPTY;
		table[i + 5] = EPT02_EMPTY;
		table[i + 6] = EPT02_EMPTY;
		table[i + 7] = EPT02_EMPTY;
	}
}

static bool is_present(u64 entry)
{
	return entry & (VMX_EPT_RWX_MASK | VMX_EPT_USER_EXECUTABLE_MASK);
}

static void free_tables(struct nested *n, u64 table_pa, int level)
{
	u64 *table = m_va(table_pa);
	unsigned int i;

	for (i = 0; level > 1 && i < 512; i++) {
		if (is_present(table[i]) && !is_leaf(table[i], level)) {
			free_tables(n, table[i] & EPT_ADDRESS, level - 1);
			pool_put(&n->pool, table[i] & EPT_ADDRESS);
		}
	}
}

static u64 eptp02_of(const struct ept02_root *root)
{
	u64 ad = root->eptp12 == EPTP12_NONE ? 0 : root->eptp12 & VMX_EPTP_AD_ENABLE_BIT;

	return root->root | MEM_TYPE_WB | ad |
	       (levels_of(root->eptp12) == 5 ? VMX_EPTP_PWL_5 : VMX_EPTP_PWL_4);
}

static struct ept02_log *log_of(const struct ept02_root *root)
{
	return m_va(root->log);
}

static inline void log_leaf(const struct ept02_root *root, u64 gpa, int level)
{
	struct ept02_log *log = log_of(root);
	u32 nr = log->nr_leaves;

	if (unlikely(nr > LOG_LEAVES))
		return;
	log->leaves[nr] = gpa | level;
	log->nr_leaves = nr + 1;
}

static void log_table(const struct ept02_root *root, u64 table)
{
	struct ept02_log *log = log_of(root);
	u32 nr = log->nr_tables;

	if (unlikely(nr > LOG_TABLES))
		return;
	log->tables[nr] = table;
	log->nr_tables = nr + 1;
}

/* Tables that the log has no room for are found by their entries. */
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

/* The processor may hold pointers to the tables: it forgets them before they become something else.
 */
static void empty_root(struct nested *n, struct ept02_root *root)
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

/* Some root has become stale or another EPT12's: each VMCS asks for its own before its next entry. */
static void forget_choices(struct nested *n)
{
	unsigned int i;

	for (i = 0; i < NR_SLOTS; i++)
		n->slots[i].dirty |= DIRTY_EPT;
}

/* A root without entries has left nothing in the processor. */
static void invalidate(struct nested *n, struct ept02_root *root)
{
	stats(n)->ept02_flushes++;
	root->stale = root->filled && root->eptp12 != EPTP12_NONE;
}

void ept02_invalidate_context(struct nested *n, u64 eptp)
{
	unsigned int i;

	/* SDM "Operations that Invalidate Cached Mappings": bits 51:12 decide, whatever the flags
	 * are. */
	for (i = 0; i < n->ept02.nr_roots; i++) {
		struct ept02_root *root = &n->ept02.roots[i];

		if (root->eptp12 != EPTP12_NONE && !((root->eptp12 ^ eptp) & EPT_ADDRESS))
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

void nested_drop_ept02(struct nested *n)
{
	unsigned int i;

	sppt02_empty(n);
	for (i = 0; i < n->ept02.nr_roots; i++)
		empty_root(n, &n->ept02.roots[i]);
	stats(n)->ept02_evictions += n->ept02.nr_roots;
}

void ept02_init(struct nested *n)
{
	n->ept02.reserved = EPT_ADDRESS & ~GENMASK_ULL(n->caps->maxphyaddr - 1, 0);
	n->ept02.nr_roots = 0;
	n->sink = pool_get(&n->pool);
	sppt02_init(n);
}

void ept02_exit(struct nested *n)
{
	nested_drop_ept02(n);
	while (n->ept02.nr_roots) {
		struct ept02_root *root = &n->ept02.roots[--n->ept02.nr_roots];

		pool_put(&n->pool, root->root);
		pool_put(&n->pool, root->log);
		root->eptp12 = 0;
	}
}

static u64 eptp12_of(const struct vmcs_slot *slot)
{
	return slot_uses_secondary(slot, SECONDARY_EXEC_ENABLE_EPT) ? SOFT(slot, EPT_POINTER) :
								      EPTP12_NONE;
}

/* The first root's two pages are reserved, so that there is always one to run on. */
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

/* One more root, or NULL if there are as many as there may be, or no page is left. */
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

/* The root that was used longest ago, emptied. */
static struct ept02_root *recycle_root(struct nested *n)
{
	struct ept02_root *pick = n->ept02.roots;
	unsigned int i;

	for (i = 1; i < n->ept02.nr_roots; i++) {
		if (n->ept02.roots[i].used < pick->used)
			pick = &n->ept02.roots[i];
	}
	stats(n)->ept02_evictions++;
	empty_root(n, pick);
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

/* The entry of a level for @gpa, if that is a leaf; what EPT02 has in its place may be another size. */
static u64 *leaf_of(const struct ept02_root *root, u64 gpa, int level)
{
	u64 *table = m_va(root->root), *entry;
	int at = levels_of(root->eptp12);

	for (;; at--) {
		entry = &table[gpa >> EPT_SHIFT(at) & 511];
		if (!is_present(*entry))
			return NULL;
		if (at == level)
			return is_leaf(*entry, at) ? entry : NULL;
		if (is_leaf(*entry, at))
			return NULL;
		table = m_va(*entry & EPT_ADDRESS);
	}
}

/*
 * What EPT12 still grants of a leaf: the same page and memory type, with no more rights than it had.
 * The rule is that of fill_around(): the processor could hold it, so no flag would have to be set.
 * Sub-page permissions come again with the next write.
 */
static u64 still_granted(const struct nested *n, u64 eptp12, u64 gpa, int level, u64 leaf)
{
	u64 rights = right_bits(n), granted = leaf & rights, table, entry, pa;
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
		table = entry & EPT_ADDRESS;
	}
	if (at < level)
		return EPT02_EMPTY;
	pa = (entry & EPT_ADDRESS & ~(EPT_SIZE(at) - 1)) | (gpa & (EPT_SIZE(at) - 1));
	if (((leaf ^ pa) & EPT_ADDRESS) || ((leaf ^ entry) & (VMX_EPT_MT_MASK | VMX_EPT_IPAT_BIT)))
		return EPT02_EMPTY;
	if (accessed && !(entry & VMX_EPT_DIRTY_BIT)) {
		granted &= ~(u64)VMX_EPT_WRITABLE_MASK;
		leaf &= ~(u64)VMX_EPT_DIRTY_BIT;
	}
	leaf &= ~(rights | VMX_EPT_SUB_PAGE_WRITE_BIT);
	return granted ? leaf | granted : EPT02_EMPTY;
}

/* The first entry behind L1's INVEPT. */
static void revalidate(struct nested *n, struct ept02_root *root)
{
	struct ept02_log *log = log_of(root);
	unsigned int i, nr = log->nr_leaves;

	if (nr > LOG_LEAVES) {
		empty_root(n, root);
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

/* What the processor holds of SPPT02 is tagged with EPT02's roots, any of them. */
static void flush_roots(const struct nested *n)
{
	unsigned int i;

	for (i = 0; i < n->ept02.nr_roots; i++)
		m_invept(VMX_EPT_EXTENT_CONTEXT, eptp02_of(&n->ept02.roots[i]));
}

static void use_sub_pages(struct nested *n, const struct vmcs_slot *slot)
{
	bool filled = n->sppt02.filled;

	if (sppt02_follow(n, SOFT(slot, SPP_TABLE_POINTER)))
		forget_choices(n);
	if (filled && !n->sppt02.filled)
		flush_roots(n);
}

u64 ept02_use(struct nested *n, struct vmcs_slot *slot)
{
	struct ept02_root *root = find_root(n, eptp12_of(slot));

	if (root->stale)
		revalidate(n, root);
	if (unlikely(slot_uses_secondary(slot, SECONDARY_EXEC_SPP)))
		use_sub_pages(n, slot);
	slot->ept02 = root - n->ept02.roots;
	slot->dirty &= ~DIRTY_EPT;
	root->used = ++n->ept02.clock;
	return eptp02_of(root);
}

static __attribute__((noinline)) u64 *new_table(struct nested *n, const struct ept02_root *root,
						u64 *entry)
{
	u64 pa = pool_take(&n->pool);

	if (!pa)
		return NULL;
	clear_table(pa);
	log_table(root, pa);
	*entry = pa | EPT02_TABLE;
	return m_va(pa);
}

/* The table below an entry; a large page that stands there has been found to be out of date. */
static inline u64 *descend(struct nested *n, const struct ept02_root *root, u64 *entry)
{
	if (likely((*entry & (EPT02_TABLE | VMX_EPT_LEAF_BIT)) == EPT02_TABLE))
		return m_va(*entry & EPT_ADDRESS);
	return new_table(n, root, entry);
}

/* As that, for the topmost table: which of its entries are used is known, so that it is emptied fast. */
static inline u64 *descend_top(struct nested *n, struct ept02_root *root, unsigned int index)
{
	root->filled = true;
	if (unlikely(index < root->first))
		root->first = index;
	if (unlikely(index > root->last))
		root->last = index;
	return descend(n, root, (u64 *)m_va(root->root) + index);
}

/* Where the page of a level that holds @gpa is entered: NULL when there is no page for a table. */
static u64 *entry_of(struct nested *n, struct ept02_root *root, u64 gpa, int level)
{
	u64 *table;

	if (unlikely(levels_of(root->eptp12) == 5)) {
		table = descend_top(n, root, gpa >> EPT_SHIFT(5) & 511);
		if (table)
			table = descend(n, root, table + (gpa >> EPT_SHIFT(4) & 511));
	} else {
		table = descend_top(n, root, gpa >> EPT_SHIFT(4) & 511);
	}
	if (!table || level == 3)
		return table ? table + (gpa >> EPT_SHIFT(3) & 511) : NULL;
	table = descend(n, root, table + (gpa >> EPT_SHIFT(3) & 511));
	if (!table || level == 2)
		return table ? table + (gpa >> EPT_SHIFT(2) & 511) : NULL;
	table = descend(n, root, table + (gpa >> EPT_SHIFT(2) & 511));
	return table ? table + (gpa >> EPT_SHIFT(1) & 511) : NULL;
}

static bool install(struct nested *n, struct ept02_root *root, u64 gpa, u64 leaf, int level)
{
	u64 *entry = entry_of(n, root, gpa, level);

	/* A table stands where a large page is to be: seldom enough to forget all. */
	if (unlikely(level > 1) && entry && is_present(*entry) && !is_leaf(*entry, level)) {
		empty_root(n, root);
		entry = entry_of(n, root, gpa, level);
	}
	if (!entry)
		return false;
	if (likely(!is_present(*entry)))
		log_leaf(root, gpa, level);
	*entry = leaf | (level > 1 ? VMX_EPT_LEAF_BIT : 0) | VMX_EPT_SUPPRESS_VE_BIT;
	stats(n)->ept02_fills++;
	return true;
}

static bool contains_hidden(u64 pa, int level)
{
	return level == 2 ? machine_block_hidden(pa >> 21) : machine_gb_hidden(pa >> 30);
}

/* A page under the APIC-access page must be a small one, or the processor need not virtualize
 * accesses to it. */
static bool contains_apic_page(struct nested *n, u64 pa, int level)
{
	return slot_uses_secondary(n->current, SECONDARY_EXEC_VIRTUALIZE_APIC_ACCESSES) &&
	       !((n->current->value[FI_APIC_ACCESS_ADDR] ^ pa) & ~(EPT_SIZE(level) - 1));
}

static int usable_level(struct nested *n, u64 pa, int level)
{
	while (level > 1) {
		u64 base = pa & ~(EPT_SIZE(level) - 1);

		if (!contains_apic_page(n, base, level) && !contains_hidden(base, level))
			return level;
		level--;
	}
	return level;
}

/* EPT02's leaf for a page of EPT12: one that is clean there is not writable here. */
static u64 make_leaf(const struct walk12 *walk, u64 pa)
{
	u64 leaf = pa | walk->rights | (walk->entry & (VMX_EPT_MT_MASK | VMX_EPT_IPAT_BIT));

	if (!walk->ad)
		return leaf;
	leaf |= VMX_EPT_ACCESS_BIT | (walk->entry & VMX_EPT_DIRTY_BIT);
	if (!(walk->entry & VMX_EPT_DIRTY_BIT))
		leaf &= ~VMX_EPT_WRITABLE_MASK;
	return leaf;
}

static bool fill(struct nested *n, struct ept02_root *root, u64 gpa, const struct walk12 *walk,
		 bool write)
{
	u64 pa = (walk->entry & EPT_ADDRESS & ~(EPT_SIZE(walk->level) - 1)) |
		 (gpa & (EPT_SIZE(walk->level) - 1));
	int level = usable_level(n, pa, walk->level);

	pa &= ~(EPT_SIZE(level) - 1);
	if (unlikely(machine_block_hidden(pa >> 21))) {
		if (write)
			stats(n)->blocked_writes++;
		else
			stats(n)->blocked_reads++;
		pa = n->sink;
		level = 1;
	}
	return install(n, root, gpa & ~(EPT_SIZE(level) - 1), make_leaf(walk, pa), level);
}

/*
 * Neighbours of a small page that L1 has mapped too. With accessed flags only those that L2 has
 * accessed before: the processor must not be seen to access what L2 did not.
 */
static void fill_around(struct nested *n, struct ept02_root *root, u64 gpa,
			const struct walk12 *walk)
{
	unsigned int index = gpa >> 12 & 511, first = index & ~(FILL_AROUND - 1), i;
	u64 entry[FILL_AROUND];

	if (walk->level != 1)
		return;
	m_phys_read(walk->table + first * 8, entry, sizeof(entry));
	for (i = 0; i < FILL_AROUND; i++) {
		struct walk12 other = { .entry = entry[i], .level = 1, .ad = walk->ad };
		u64 at = (gpa & ~(EPT_SIZE(2) - 1)) | (u64)(first + i) << 12;

		if (first + i == index || !(entry[i] & right_bits(n)) ||
		    misconfigured(n, entry[i], 1, right_bits(n)) ||
		    (walk->ad && !(entry[i] & VMX_EPT_ACCESS_BIT)))
			continue;
		/* Rights of the levels above are those of the walk, except what its own leaf took
		 * away. */
		other.rights =
			walk->entry & right_bits(n) & ~walk->rights ? 0 : entry[i] & right_bits(n);
		if (other.rights && (walk->rights & other.rights) == other.rights &&
		    !fill(n, root, at, &other, false))
			return;
	}
}

/* L2 without EPT12: guest-physical addresses are L1's, so the map is the identity with EPT01's
 * memory types. */
static void identity_walk(struct nested *n, u64 gpa, struct walk12 *walk)
{
	u64 pa = gpa & ~(EPT_SIZE(2) - 1);
	u8 type = machine_memory_type(n, pa, EPT_SIZE(2));

	*walk = (struct walk12){ .level = 2, .rights = VMX_EPT_RWX_MASK };
	if (type == 0xff) {
		walk->level = 1;
		pa = gpa & ~(u64)PAGE_4K_MASK;
		type = machine_memory_type(n, pa, PAGE_4K_SIZE);
	}
	walk->entry = pa | (u64)type << VMX_EPT_MT_SHIFT;
}

/*
 * SDM "Mode-Based Execute Control": which of two rights a fetch needs depends on the linear
 * address. Where the processor does not tell, EPT02 does: the right that it had was not the one that
 * was missing. If it had none, either will do, and the next violation tells.
 */
static u64 fetch_right(const struct nested *n, u64 qualification)
{
	const u64 linear = EPT_VIOLATION_GVA_IS_VALID | EPT_VIOLATION_GVA_TRANSLATED;

	if ((n->caps->ept_vpid & VMX_EPT_ADVANCED_EXIT_INFO_BIT) &&
	    (qualification & linear) == linear)
		return qualification & EPT_VIOLATION_GVA_USER ? VMX_EPT_USER_EXECUTABLE_MASK :
								VMX_EPT_EXECUTABLE_MASK;
	if (qualification & EPT_VIOLATION_EXECUTABLE)
		return VMX_EPT_USER_EXECUTABLE_MASK;
	return qualification & EPT_VIOLATION_USER_EXECUTABLE ? VMX_EPT_EXECUTABLE_MASK : NEED_FETCH;
}

static u64 needed_rights(const struct nested *n, u64 qualification)
{
	u64 need = qualification &
		   (EPT_VIOLATION_ACC_READ | EPT_VIOLATION_ACC_WRITE | EPT_VIOLATION_ACC_INSTR);

	if (likely(!(need & EPT_VIOLATION_ACC_INSTR) || !mode_based_exec(n)))
		return need;
	return (need & ~EPT_VIOLATION_ACC_INSTR) | fetch_right(n, qualification);
}

static u64 reflected_qualification(const struct walk12 *walk, u64 qualification)
{
	u64 rights = walk->rights;
	u64 mine = EPT_VIOLATION_READABLE | EPT_VIOLATION_WRITABLE | EPT_VIOLATION_EXECUTABLE |
		   EPT_VIOLATION_USER_EXECUTABLE;
	u64 seen = (qualification & ~mine) | (rights & VMX_EPT_RWX_MASK) << 3;

	if (rights & VMX_EPT_USER_EXECUTABLE_MASK)
		seen |= EPT_VIOLATION_USER_EXECUTABLE;
	return seen;
}

/* SDM "Exit Qualification": of PML-full exits it has bit 12 only. */
static void tell_log_full(struct nested *n, u64 qualification, u32 *reason)
{
	*reason = EXIT_REASON_PML_FULL;
	slot_override(n->current, FI_VM_EXIT_REASON, *reason);
	slot_override(n->current, FI_EXIT_QUALIFICATION,
		      qualification & EPT_VIOLATION_NMI_UNBLOCKED);
}

/* SDM "Exit Qualification": of SPP-related events it has bits 11 and 12 only. */
static void tell_spp_event(struct nested *n, u64 qualification, u64 what, u32 *reason)
{
	*reason = EXIT_REASON_SPP_EVENT;
	slot_override(n->current, FI_VM_EXIT_REASON, *reason);
	slot_override(n->current, FI_EXIT_QUALIFICATION,
		      (qualification & EPT_VIOLATION_NMI_UNBLOCKED) | what);
	slot_override(n->current, FI_GUEST_PHYSICAL_ADDRESS, m_vmread(GUEST_PHYSICAL_ADDRESS));
}

/* Has the processor looked into SPPT02 before it said that L2 may not write? */
static bool knows_sub_pages(const struct ept02_root *root, u64 gpa)
{
	const u64 *leaf = leaf_of(root, gpa, 1);

	return leaf && (*leaf & VMX_EPT_SUB_PAGE_WRITE_BIT);
}

/*
 * Enter the permissions of the page that L2 writes to, before EPT02 lets the processor look at them.
 * What the processor may have looked at and found otherwise, it forgets. Return: false if it has looked
 * at the same: then the access needs another sub-page's too, and that is denied.
 */
static bool fill_sub_pages(struct nested *n, const struct ept02_root *root, u64 gpa,
			   const struct walk12 *walk)
{
	bool known = knows_sub_pages(root, gpa);

	switch (sppt02_enter(n, gpa, walk->permissions)) {
	case SPPT02_NO_PAGE:
		nested_drop_ept02(n);
		sppt02_enter(n, gpa, walk->permissions);
		return true;
	case SPPT02_CHANGED:
		flush_roots(n);
		return true;
	case SPPT02_SAME:
		return !known;
	default:
		/* An entry of zeros denies all: the leaf is from before SPPT02 was emptied. */
		if (known)
			flush_roots(n);
		return true;
	}
}

void ept02_forget_sub_pages(struct nested *n)
{
	struct ept02_root *root = &n->ept02.roots[n->current->ept02];
	u64 *leaf = leaf_of(root, m_vmread(GUEST_PHYSICAL_ADDRESS), 1);

	if (leaf)
		*leaf &= ~VMX_EPT_SUB_PAGE_WRITE_BIT;
	m_invept(VMX_EPT_EXTENT_CONTEXT, eptp02_of(root));
}

static bool fill_or_drop(struct nested *n, struct ept02_root *root, u64 gpa,
			 const struct walk12 *walk, bool write)
{
	if (likely(fill(n, root, gpa, walk, write)))
		return true;
	nested_drop_ept02(n);
	return fill(n, root, gpa, walk, write);
}

/*
 * The write is granted: returns false if the processor knows that, and denies it nevertheless.
 * Neighbours stay as they are, because the same access may need their permissions too.
 */
static bool grant_sub_page(struct nested *n, struct ept02_root *root, u64 gpa,
			   const struct walk12 *walk)
{
	u64 *leaf;

	if (!fill_sub_pages(n, root, gpa, walk))
		return false;
	fill_or_drop(n, root, gpa, walk, true);
	leaf = leaf_of(root, gpa, 1);
	if (leaf)
		*leaf |= VMX_EPT_SUB_PAGE_WRITE_BIT;
	n->shared->pool_free = n->pool.left;
	return true;
}

/* What becomes of a violation of EPT12: it stays one, L1 gets another exit, or L2 goes on. */
enum fate { FATE_VIOLATION, FATE_EXIT, FATE_GO_ON };

/*
 * Sub-page permissions. Writes to paging structures, for accessed and dirty flags, are not eligible: the
 * address is that of no operand. Where EPT12 has changed since it was walked L2 tries again.
 */
static enum fate ask_sub_pages(struct nested *n, struct ept02_root *root, u64 gpa,
			       u64 qualification, u64 need, struct walk12 *walk, u32 *reason)
{
	const u64 eligible = EPT_VIOLATION_ACC_WRITE | EPT_VIOLATION_GVA_IS_VALID |
			     EPT_VIOLATION_GVA_TRANSLATED;

	if ((qualification & eligible) != eligible)
		return FATE_VIOLATION;
	walk->sub_page = false;
	switch (walk12(n, root->eptp12, gpa, need, WALK12_SUB_PAGE, walk)) {
	case WALK12_VIOLATION:
		return FATE_VIOLATION;
	case WALK12_SPP_MISS:
		tell_spp_event(n, qualification, SPP_EVENT_MISS, reason);
		return FATE_EXIT;
	case WALK12_SPP_MISCONFIG:
		tell_spp_event(n, qualification, 0, reason);
		return FATE_EXIT;
	case WALK12_LOG_FULL:
		tell_log_full(n, qualification, reason);
		return FATE_EXIT;
	case WALK12_OK:
		if (walk->sub_page && !grant_sub_page(n, root, gpa, walk))
			return FATE_VIOLATION;
		return FATE_GO_ON;
	default:
		return FATE_GO_ON;
	}
}

#define RARE_VIOLATIONS (SECONDARY_EXEC_EPT_VIOLATION_VE | SECONDARY_EXEC_SPP)

/* What few hypervisors have: sub-page permissions, and #VE for what they do not grant. */
static __attribute__((noinline)) enum fate rare_violation(struct nested *n, struct ept02_root *root,
							  u64 gpa, u64 qualification, u64 need,
							  struct walk12 *walk, u32 *reason)
{
	enum fate fate = FATE_VIOLATION;

	if (slot_uses_secondary(n->current, SECONDARY_EXEC_SPP))
		fate = ask_sub_pages(n, root, gpa, qualification, need, walk, reason);
	if (fate != FATE_VIOLATION ||
	    !slot_uses_secondary(n->current, SECONDARY_EXEC_EPT_VIOLATION_VE) ||
	    walk->suppress_ve ||
	    !ve_convert(n, gpa, reflected_qualification(walk, qualification), reason))
		return fate;
	return *reason == EXIT_REASON_EPT_VIOLATION ? FATE_GO_ON : FATE_EXIT;
}

bool ept02_violation(struct nested *n, u32 *reason)
{
	struct ept02_root *root = &n->ept02.roots[n->current->ept02];
	u64 gpa = m_vmread(GUEST_PHYSICAL_ADDRESS), qualification = m_vmread(EXIT_QUALIFICATION);
	u64 need = needed_rights(n, qualification);
	enum walk12_result result = WALK12_OK;
	struct walk12 walk;

	if (root->eptp12 == EPTP12_NONE)
		identity_walk(n, gpa, &walk);
	else
		result = walk12(n, root->eptp12, gpa, need, WALK12_SET, &walk);
	if (result == WALK12_MISCONFIG) {
		*reason = EXIT_REASON_EPT_MISCONFIG;
		slot_override(n->current, FI_VM_EXIT_REASON, *reason);
		slot_override(n->current, FI_EXIT_QUALIFICATION, 0);
		return false;
	}
	if (result == WALK12_LOG_FULL) {
		tell_log_full(n, qualification, reason);
		return false;
	}
	if (result == WALK12_VIOLATION) {
		u64 seen = reflected_qualification(&walk, qualification);

		if (unlikely(slot_uses_secondary(n->current, RARE_VIOLATIONS))) {
			enum fate fate =
				rare_violation(n, root, gpa, qualification, need, &walk, reason);

			if (fate != FATE_VIOLATION)
				return fate == FATE_GO_ON;
		}
		if (seen != qualification)
			slot_override(n->current, FI_EXIT_QUALIFICATION, seen);
		n->awaited = need;
		n->awaited_gpa = gpa;
		return false;
	}
	fill_or_drop(n, root, gpa, &walk, need & VMX_EPT_WRITABLE_MASK);
	if (root->eptp12 != EPTP12_NONE)
		fill_around(n, root, gpa, &walk);
	n->shared->pool_free = n->pool.left;
	return true;
}

/* Where a small page is entered, if the tables are there already. */
static inline u64 *small_page(const struct ept02_root *root, u64 gpa)
{
	const u64 decides = EPT02_TABLE | VMX_EPT_LEAF_BIT;
	u64 *table = m_va(root->root), entry;

	if (unlikely(levels_of(root->eptp12) == 5))
		return NULL;
	entry = table[gpa >> EPT_SHIFT(4) & 511];
	if (unlikely((entry & decides) != EPT02_TABLE))
		return NULL;
	table = m_va(entry & EPT_ADDRESS);
	entry = table[gpa >> EPT_SHIFT(3) & 511];
	if (unlikely((entry & decides) != EPT02_TABLE))
		return NULL;
	table = m_va(entry & EPT_ADDRESS);
	entry = table[gpa >> EPT_SHIFT(2) & 511];
	if (unlikely((entry & decides) != EPT02_TABLE))
		return NULL;
	table = m_va(entry & EPT_ADDRESS);
	return &table[gpa >> EPT_SHIFT(1) & 511];
}

/*
 * What a hypervisor most likely has entered: a small page of ordinary memory that grants
 * everything, with its flags set. The rest is for fill().
 */
static bool fill_plain(struct nested *n, struct ept02_root *root, u64 gpa, u64 need)
{
	u64 ad = root->eptp12 & VMX_EPTP_AD_ENABLE_BIT ? VMX_EPT_ACCESS_BIT : 0;
	u64 rights = right_bits(n), plain = rights | ad | MEM_TYPE_WB << VMX_EPT_MT_SHIFT;
	u64 table, entry, *leaf;

	if (walk_plain(n, root->eptp12, gpa, rights, &table) != 1)
		return false;
	table += gpa >> (EPT_SHIFT(1) - 3) & 0xff8;
	if (!m_phys_read(table, &entry, sizeof(entry)) ||
	    (entry & (plain | VMX_EPT_MT_MASK | n->ept02.reserved)) != plain)
		return false;
	if (ad && !(entry & VMX_EPT_DIRTY_BIT)) {
		if (need & VMX_EPT_WRITABLE_MASK)
			return false;
		plain &= ~(u64)VMX_EPT_WRITABLE_MASK;
	}
	if (ad)
		plain |= entry & VMX_EPT_DIRTY_BIT;
	leaf = small_page(root, gpa);
	if (!leaf || machine_block_hidden((entry & EPT_ADDRESS) >> 21))
		return false;
	if (likely(!is_present(*leaf)))
		log_leaf(root, gpa & ~(u64)PAGE_4K_MASK, 1);
	*leaf = (entry & (EPT_ADDRESS | VMX_EPT_IPAT_BIT)) | plain | VMX_EPT_SUPPRESS_VE_BIT;
	stats(n)->ept02_fills++;
	return true;
}

void ept02_fill_awaited(struct nested *n)
{
	struct ept02_root *root = &n->ept02.roots[n->current->ept02];
	u64 gpa = n->awaited_gpa, need = n->awaited;
	struct walk12 walk;

	n->awaited = 0;
	if (root->eptp12 == EPTP12_NONE || fill_plain(n, root, gpa, need))
		return;
	if (walk12(n, root->eptp12, gpa, need, WALK12_PEEK, &walk) == WALK12_OK)
		fill_or_drop(n, root, gpa, &walk, need & VMX_EPT_WRITABLE_MASK);
}
