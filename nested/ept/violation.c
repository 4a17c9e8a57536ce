// SPDX-License-Identifier: GPL-2.0-only
/*
 * EPT violations of L2. Either EPT02 lacks what EPT12 has, and is filled, or EPT12 lacks it too,
 * and L1 gets the exit that it would have had without Nestor.
 */
#include "arch/reasons.h"
#include "arch/vmx.h"
#include "arch/x86.h"
#include "ept/ept02.h"
#include "ept/ept12.h"
#include "ept/spp.h"
#include "ept/tables.h"
#include "ept/ve.h"
#include "ept/violation.h"
#include "machine/contract.h"
#include "vmcs/overlay.h"

#define FILL_AROUND 8

/* In the exit qualification of an SPP-related event: an entry is not valid */
#define SPP_EVENT_MISS BIT_ULL(11)

static NOINLINE u64 *new_table(struct nested *n, const struct ept02_root *root, u64 *entry)
{
	u64 pa = pool_take(&n->pool);

	if (!pa)
		return NULL;
	clear_table(pa);
	log_table(root, pa);
	*entry = pa | EPT02_TABLE;
	return m_va(pa);
}

/* The table below an entry. It replaces a large page, which is out of date if it is found here. */
static inline u64 *descend(struct nested *n, const struct ept02_root *root, u64 *entry)
{
	if (likely((*entry & (EPT02_TABLE | VMX_EPT_LEAF_BIT)) == EPT02_TABLE))
		return m_va(*entry & VMX_EPT_ADDRESS_MASK);
	return new_table(n, root, entry);
}

/* As descend(), for the topmost table: it notes which entries are used, to empty the root fast. */
static inline u64 *descend_top(struct nested *n, struct ept02_root *root, unsigned int index)
{
	root->filled = true;
	if (unlikely(index < root->first))
		root->first = index;
	if (unlikely(index > root->last))
		root->last = index;
	return descend(n, root, (u64 *)m_va(root->root) + index);
}

/* The entry for the page of a level that holds @gpa, or NULL if there is no page for a table. */
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

	/* A large page replaces a table: that is so seldom that the whole root may be emptied. */
	if (unlikely(level > 1) && entry && is_present(*entry) && !is_leaf(*entry, level)) {
		ept02_empty_root(n, root);
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

/* The processor need not virtualize accesses to an APIC-access page that a large page maps. */
static bool contains_apic_page(struct nested *n, u64 pa, int level)
{
	return slot_uses_secondary(n->current, SECONDARY_EXEC_VIRTUALIZE_APIC_ACCESSES) &&
	       !((n->current->value[FI_APIC_ACCESS_ADDR] ^ pa) & ~(EPT_SIZE(level) - 1));
}

/* The largest level at which a page has neither hidden memory nor the APIC-access page in it. */
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

/* EPT02's leaf for a page of EPT12, not writable while the page is clean there. */
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

/* What a page is entered for. A neighbour of what L2 has accessed was not accessed itself. */
enum fill_for { FOR_READ, FOR_WRITE, FOR_NEIGHBOUR };

/*
 * L2 reads zeros in place of hidden memory. A page that it has written to is another one, clean in
 * the beginning: there it finds what it has written, as long as EPT02 remembers.
 */
static NOINLINE u64 hidden_leaf(struct nested *n, const struct walk12 *walk, bool write)
{
	if (!write) {
		stats(n)->blocked_reads++;
		return make_leaf(walk, n->hidden_page) & ~(u64)VMX_EPT_WRITABLE_MASK;
	}
	stats(n)->blocked_writes++;
	__builtin_memset(m_va(n->hidden_sink), 0, PAGE_4K_SIZE);
	return make_leaf(walk, n->hidden_sink);
}

static bool fill(struct nested *n, struct ept02_root *root, u64 gpa, const struct walk12 *walk,
		 enum fill_for why)
{
	u64 pa = (walk->entry & VMX_EPT_ADDRESS_MASK & ~(EPT_SIZE(walk->level) - 1)) |
		 (gpa & (EPT_SIZE(walk->level) - 1));
	int level = usable_level(n, pa, walk->level);
	u64 leaf = make_leaf(walk, pa & ~(EPT_SIZE(level) - 1));

	if (unlikely(machine_block_hidden(pa >> 21))) {
		if (why == FOR_NEIGHBOUR)
			return true;
		leaf = hidden_leaf(n, walk, why == FOR_WRITE);
	}
	return install(n, root, gpa & ~(EPT_SIZE(level) - 1), leaf, level);
}

/*
 * Enter the neighbours of a small page that L1 has mapped too. With accessed flags these are only
 * those that L2 has accessed before: the processor must not be seen to access what L2 did not.
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

		if (first + i == index || !(entry[i] & right_bits(n->current)) ||
		    misconfigured(n, entry[i], 1, right_bits(n->current)) ||
		    (walk->ad && !(entry[i] & VMX_EPT_ACCESS_BIT)))
			continue;
		/* The levels above have the walk's rights, unless its own leaf took some away. */
		other.rights = walk->entry & right_bits(n->current) & ~walk->rights ?
				       0 :
				       entry[i] & right_bits(n->current);
		if (other.rights && (walk->rights & other.rights) == other.rights &&
		    !fill(n, root, at, &other, FOR_NEIGHBOUR))
			return;
	}
}

/* Without EPT12 the map is the identity, with EPT01's memory types. */
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

/* The exit qualification that L1 sees: the rights in it are EPT12's, not EPT02's. */
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

/* The qualification of a PML-full exit has bit 12 only (SDM "Exit Qualification"). */
static void tell_log_full(struct nested *n, u64 qualification, u32 *reason)
{
	*reason = EXIT_REASON_PML_FULL;
	overlay_set(n->current, FI_VM_EXIT_REASON, *reason);
	overlay_set(n->current, FI_EXIT_QUALIFICATION, qualification & EPT_VIOLATION_NMI_UNBLOCKED);
}

/* The qualification of an SPP-related event has bits 11 and 12 only (SDM "Exit Qualification"). */
static void tell_spp_event(struct nested *n, u64 qualification, u64 what, u32 *reason)
{
	*reason = EXIT_REASON_SPP_EVENT;
	overlay_set(n->current, FI_VM_EXIT_REASON, *reason);
	overlay_set(n->current, FI_EXIT_QUALIFICATION,
		    (qualification & EPT_VIOLATION_NMI_UNBLOCKED) | what);
	overlay_set(n->current, FI_GUEST_PHYSICAL_ADDRESS, m_vmread(GUEST_PHYSICAL_ADDRESS));
}

/* Had the processor looked into SPPT02 when it denied the write of L2? */
static bool knows_sub_pages(const struct ept02_root *root, u64 gpa)
{
	const u64 *leaf = leaf_of(root, gpa, 1);

	return leaf && (*leaf & VMX_EPT_SUB_PAGE_WRITE_BIT);
}

/*
 * Enter the permissions of the page in SPPT02, before EPT02 lets the processor look at them. It is
 * made to forget other permissions that it may hold. Returns false if it has looked at the same
 * permissions: then the access needs another sub-page's too, which are denied.
 */
static bool fill_sub_pages(struct nested *n, const struct ept02_root *root, u64 gpa,
			   const struct walk12 *walk)
{
	bool known = knows_sub_pages(root, gpa);

	switch (spp_enter(n, gpa, walk->permissions)) {
	case SPPT02_NO_PAGE:
		ept02_drop(n);
		spp_enter(n, gpa, walk->permissions);
		return true;
	case SPPT02_CHANGED:
		ept02_flush_roots(n);
		return true;
	case SPPT02_SAME:
		return !known;
	default:
		/* An entry of zeros denies all: the leaf is older than what SPPT02 has. */
		if (known)
			ept02_flush_roots(n);
		return true;
	}
}

void violation_forget_sub_pages(struct nested *n)
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
	enum fill_for why = write ? FOR_WRITE : FOR_READ;

	if (likely(fill(n, root, gpa, walk, why)))
		return true;
	ept02_drop(n);
	return fill(n, root, gpa, walk, why);
}

/*
 * Enter a page whose sub-page's permission grants the write. Returns false if the processor knows
 * that and denies the write nevertheless. Neighbours stay as they are, because the same access may
 * need their permissions too.
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

/* What comes of a violation of EPT12: it stays one, L1 gets another exit, or L2 goes on. */
enum outcome { OUTCOME_VIOLATION, OUTCOME_EXIT, OUTCOME_GO_ON };

/*
 * Look for a sub-page's permission. Writes to paging structures, for accessed and dirty flags, are
 * not eligible: their address is that of no operand. If EPT12 has changed since its walk L2
 * tries again.
 */
static enum outcome ask_sub_pages(struct nested *n, struct ept02_root *root, u64 gpa,
				  u64 qualification, u64 need, struct walk12 *walk, u32 *reason)
{
	const u64 eligible = EPT_VIOLATION_ACC_WRITE | EPT_VIOLATION_GVA_IS_VALID |
			     EPT_VIOLATION_GVA_TRANSLATED;

	if ((qualification & eligible) != eligible)
		return OUTCOME_VIOLATION;
	walk->sub_page = false;
	switch (walk12(n, root->eptp12, gpa, need, WALK12_SUB_PAGE, walk)) {
	case WALK12_VIOLATION:
		return OUTCOME_VIOLATION;
	case WALK12_SPP_MISS:
		tell_spp_event(n, qualification, SPP_EVENT_MISS, reason);
		return OUTCOME_EXIT;
	case WALK12_SPP_MISCONFIG:
		tell_spp_event(n, qualification, 0, reason);
		return OUTCOME_EXIT;
	case WALK12_LOG_FULL:
		tell_log_full(n, qualification, reason);
		return OUTCOME_EXIT;
	case WALK12_OK:
		if (walk->sub_page && !grant_sub_page(n, root, gpa, walk))
			return OUTCOME_VIOLATION;
		return OUTCOME_GO_ON;
	default:
		return OUTCOME_GO_ON;
	}
}

#define RARE_VIOLATIONS (SECONDARY_EXEC_EPT_VIOLATION_VE | SECONDARY_EXEC_SPP)

/* What few hypervisors use: sub-page permissions, and #VE for what they do not grant. */
static NOINLINE enum outcome rare_violation(struct nested *n, struct ept02_root *root, u64 gpa,
					    u64 qualification, u64 need, struct walk12 *walk,
					    u32 *reason)
{
	enum outcome outcome = OUTCOME_VIOLATION;

	if (slot_uses_secondary(n->current, SECONDARY_EXEC_SPP))
		outcome = ask_sub_pages(n, root, gpa, qualification, need, walk, reason);
	if (outcome != OUTCOME_VIOLATION ||
	    !slot_uses_secondary(n->current, SECONDARY_EXEC_EPT_VIOLATION_VE) ||
	    walk->suppress_ve ||
	    !ve_convert(n, gpa, reflected_qualification(walk, qualification), reason))
		return outcome;
	return *reason == EXIT_REASON_EPT_VIOLATION ? OUTCOME_GO_ON : OUTCOME_EXIT;
}

bool violation_answer(struct nested *n, u32 *reason)
{
	struct ept02_root *root = &n->ept02.roots[n->current->ept02];
	u64 gpa = m_vmread(GUEST_PHYSICAL_ADDRESS), qualification = m_vmread(EXIT_QUALIFICATION);
	u64 need = needed_rights(n, qualification);
	enum walk12_result result = WALK12_OK;
	struct walk12 walk;

	m_expect_current(n->current->vmcs02);
	if (is_identity(root->eptp12))
		identity_walk(n, gpa, &walk);
	else
		result = walk12(n, root->eptp12, gpa, need, WALK12_SET, &walk);
	if (result == WALK12_MISCONFIG) {
		*reason = EXIT_REASON_EPT_MISCONFIG;
		overlay_set(n->current, FI_VM_EXIT_REASON, *reason);
		overlay_set(n->current, FI_EXIT_QUALIFICATION, 0);
		return false;
	}
	if (result == WALK12_LOG_FULL) {
		tell_log_full(n, qualification, reason);
		return false;
	}
	if (result == WALK12_VIOLATION) {
		u64 seen = reflected_qualification(&walk, qualification);

		if (unlikely(slot_uses_secondary(n->current, RARE_VIOLATIONS))) {
			enum outcome outcome =
				rare_violation(n, root, gpa, qualification, need, &walk, reason);

			if (outcome != OUTCOME_VIOLATION)
				return outcome == OUTCOME_GO_ON;
		}
		if (seen != qualification)
			overlay_set(n->current, FI_EXIT_QUALIFICATION, seen);
		n->awaited = need;
		n->awaited_gpa = gpa;
		return false;
	}
	if (unlikely(result == WALK12_CHANGED))
		return true;
	fill_or_drop(n, root, gpa, &walk, need & VMX_EPT_WRITABLE_MASK);
	if (!is_identity(root->eptp12))
		fill_around(n, root, gpa, &walk);
	n->shared->pool_free = n->pool.left;
	return true;
}

/* The entry for a small page, or NULL if a table on the way to it is missing. */
static inline u64 *small_page(const struct ept02_root *root, u64 gpa)
{
	const u64 decides = EPT02_TABLE | VMX_EPT_LEAF_BIT;
	u64 *table = m_va(root->root), entry;

	if (unlikely(levels_of(root->eptp12) == 5))
		return NULL;
	entry = table[gpa >> EPT_SHIFT(4) & 511];
	if (unlikely((entry & decides) != EPT02_TABLE))
		return NULL;
	table = m_va(entry & VMX_EPT_ADDRESS_MASK);
	entry = table[gpa >> EPT_SHIFT(3) & 511];
	if (unlikely((entry & decides) != EPT02_TABLE))
		return NULL;
	table = m_va(entry & VMX_EPT_ADDRESS_MASK);
	entry = table[gpa >> EPT_SHIFT(2) & 511];
	if (unlikely((entry & decides) != EPT02_TABLE))
		return NULL;
	table = m_va(entry & VMX_EPT_ADDRESS_MASK);
	return &table[gpa >> EPT_SHIFT(1) & 511];
}

/*
 * Enter what a hypervisor most likely has mapped: a small page of ordinary memory that grants
 * everything, with its flags set. Returns false for all else, which is for fill().
 */
static bool fill_plain(struct nested *n, const struct vmcs_slot *slot, struct ept02_root *root,
		       u64 gpa, u64 need)
{
	u64 ad = root->eptp12 & VMX_EPTP_AD_ENABLE_BIT ? VMX_EPT_ACCESS_BIT : 0;
	u64 rights = right_bits(slot), plain = rights | ad | MEM_TYPE_WB << VMX_EPT_MT_SHIFT;
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
	if (!leaf || machine_block_hidden((entry & VMX_EPT_ADDRESS_MASK) >> 21))
		return false;
	if (likely(!is_present(*leaf)))
		log_leaf(root, gpa & ~(u64)PAGE_4K_MASK, 1);
	*leaf = (entry & (VMX_EPT_ADDRESS_MASK | VMX_EPT_IPAT_BIT)) | plain |
		VMX_EPT_SUPPRESS_VE_BIT;
	stats(n)->ept02_fills++;
	return true;
}

/* This is kept out of fill_plain()'s way, which nearly always has done it. */
static NOINLINE void fill_seldom(struct nested *n, struct ept02_root *root, u64 gpa,
				 const struct walk12 *walk, bool write)
{
	fill_or_drop(n, root, gpa, walk, write);
}

void violation_fill_awaited(struct nested *n, const struct vmcs_slot *slot)
{
	struct ept02_root *root = &n->ept02.roots[slot->ept02];
	u64 gpa = n->awaited_gpa, need = n->awaited;
	struct walk12 walk;

	n->awaited = 0;
	if (is_identity(root->eptp12) || fill_plain(n, slot, root, gpa, need))
		return;
	if (walk12(n, root->eptp12, gpa, need, WALK12_PEEK, &walk) == WALK12_OK)
		fill_seldom(n, root, gpa, &walk, need & VMX_EPT_WRITABLE_MASK);
}
