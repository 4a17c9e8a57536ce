/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * EPT12: the walk through L1's EPT, with its rules for rights, reserved bits, memory types,
 * accessed and dirty flags, and page-modification logging.
 *
 * It is inline, because the work of answering a violation that is L1's is hardly more than
 * the walk.
 */
#ifndef NESTED_EPT_EPT12_H
#define NESTED_EPT_EPT12_H

#include "arch/vmx.h"
#include "arch/x86.h"
#include "ept/spp.h"
#include "machine/contract.h"
#include "state.h"

#define EPT_SHIFT(level) (12 + 9 * ((level)-1))
#define EPT_SIZE(level)	 BIT_ULL(EPT_SHIFT(level))

/*
 * With mode-based execute control a fetch needs one of two rights. NEED_FETCH, a bit that is no
 * right, stands for either of them.
 */
#define NEED_FETCH   BIT_ULL(63)
#define FETCH_RIGHTS (VMX_EPT_EXECUTABLE_MASK | VMX_EPT_USER_EXECUTABLE_MASK)

/**
 * struct walk12 - where a walk of EPT12 ended
 * @entry: the leaf, with the flags that the walk has set
 * @table: physical address of the table that holds the leaf
 * @level: 1 for a 4-KByte page, 2 for 2 MiB, 3 for 1 GiB
 * @rights: product of the rights of all levels (bits 2:0 and 10)
 * @ad: EPT12 has accessed and dirty flags
 * @suppress_ve: bit 63 of the entry that decides whether a violation may become a #VE
 * @sub_page: the write is granted by its sub-page's permission only
 * @permissions: while @sub_page, the permissions of all sub-pages of the page
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
 * enum walk12_result - how a walk of EPT12 ended
 * @WALK12_OK: EPT12 allows the access
 * @WALK12_VIOLATION: EPT12 does not allow the access
 * @WALK12_MISCONFIG: an entry is misconfigured
 * @WALK12_LOG_FULL: a flag would have to be set, and the page-modification log is full
 * @WALK12_SPP_MISS: L1's sub-page-permission table lacks an entry for the page
 * @WALK12_SPP_MISCONFIG: an entry of that table is misconfigured
 * @WALK12_CHANGED: an entry has changed during the walk: L2 must try again
 */
enum walk12_result {
	WALK12_OK,
	WALK12_VIOLATION,
	WALK12_MISCONFIG,
	WALK12_LOG_FULL,
	WALK12_SPP_MISS,
	WALK12_SPP_MISCONFIG,
	WALK12_CHANGED
};

/**
 * enum walk12_mode - what a walk may do
 * @WALK12_SET: it sets accessed and dirty flags
 * @WALK12_PEEK: it sets nothing; where it would have to, the walk ends as a violation
 * @WALK12_SUB_PAGE: as WALK12_SET, and where the right to write is missing, a sub-page's permission
 *	is enough
 */
enum walk12_mode { WALK12_SET, WALK12_PEEK, WALK12_SUB_PAGE };

/* Has VMCS12 "mode-based execute control for EPT"? */
static inline bool mode_based_exec(const struct vmcs_slot *slot)
{
	return slot_uses_secondary(slot, SECONDARY_EXEC_MODE_BASED_EPT_EXEC);
}

/* The bits of an EPT12 entry that are rights. */
static inline u64 right_bits(const struct vmcs_slot *slot)
{
	return VMX_EPT_RWX_MASK | (mode_based_exec(slot) ? VMX_EPT_USER_EXECUTABLE_MASK : 0);
}

/* Does an entry of this level map a page? */
static inline bool is_leaf(u64 entry, int level)
{
	return level == 1 || (entry & VMX_EPT_LEAF_BIT);
}

/* Is a reserved bit of an entry set, or its memory type reserved (SDM "EPT Misconfigurations")? */
static inline bool reserved_bits_set(const struct nested *n, u64 entry, int level)
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
	if (level > 1 && (entry & (EPT_SIZE(level) - 1) & VMX_EPT_ADDRESS_MASK))
		return true;
	return type == 2 || type == 3 || type == 7;
}

/* Is an entry misconfigured (SDM "EPT Misconfigurations")? @rights are the bits that are rights. */
static inline bool misconfigured(const struct nested *n, u64 entry, int level, u64 rights)
{
	rights &= entry;
	if ((rights & VMX_EPT_WRITABLE_MASK) && !(rights & VMX_EPT_READABLE_MASK))
		return true;
	if (!(rights & VMX_EPT_READABLE_MASK) && !(n->caps->ept_vpid & VMX_EPT_EXECUTE_ONLY_BIT))
		return true;
	return reserved_bits_set(n, entry, level);
}

/* The levels of an EPT. EPT02 has as many as EPT12, or it could not map all that EPT12 maps. */
static inline int levels_of(u64 eptp)
{
	return (eptp & VMX_EPTP_PWL_MASK) == VMX_EPTP_PWL_5 ? 5 : 4;
}

/* Is it what stands for the pointer of an L2 without EPT12? */
static inline bool is_identity(u64 eptp12)
{
	return eptp12 & EPTP12_NONE;
}

/*
 * Follow a table entry that grants everything, has no reserved bit and is accessed, as most do: one
 * comparison finds out. Returns false for any other entry, and where L1 has no memory: these are
 * left to the careful walk.
 */
ALWAYS_INLINE bool step_down(u64 *table, u64 gpa, int level, u64 decides, u64 plain)
{
	u64 pa = *table + (gpa >> (EPT_SHIFT(level) - 3) & 0xff8), entry;

	if (unlikely(!m_phys_read(pa, &entry, sizeof(entry)) || (entry & decides) != plain))
		return false;
	*table = entry & VMX_EPT_ADDRESS_MASK;
	return true;
}

/**
 * walk_plain() - walk EPT12 while its entries are plain tables
 * @n: L1's VMX
 * @eptp: L1's EPT pointer
 * @gpa: guest-physical address
 * @rights: the bits that are rights
 * @table: receives the physical address of the table at which the walk ended
 *
 * Return: the level of @table, 1 to 5.
 */
ALWAYS_INLINE int walk_plain(const struct nested *n, u64 eptp, u64 gpa, u64 rights, u64 *table)
{
	u64 plain = rights | (eptp & VMX_EPTP_AD_ENABLE_BIT ? VMX_EPT_ACCESS_BIT : 0);
	u64 decides = plain | GENMASK_ULL(7, 3) | n->ept02.reserved;

	*table = eptp & VMX_EPT_ADDRESS_MASK;
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

/* The flags that a walk has to set in the entries that it has used, at most one entry per level. */
struct flag_updates {
	unsigned int nr;
	struct {
		u64 pa;
		u64 entry;
		u64 flags;
	} of[5];
};

/* The walk uses an entry: if it lacks a flag, that is to be set. */
static inline void use_entry(struct flag_updates *updates, u64 pa, u64 entry, u64 flags)
{
	if (likely((entry & flags) == flags))
		return;
	updates->of[updates->nr].pa = pa;
	updates->of[updates->nr].entry = entry;
	updates->of[updates->nr++].flags = flags;
}

/* Returns false if an entry has changed meanwhile: then it must be read anew. */
static NOINLINE __attribute__((unused)) bool set_flags(const struct flag_updates *updates)
{
	unsigned int i;

	for (i = 0; i < updates->nr; i++) {
		u64 entry = updates->of[i].entry;

		if (!m_phys_cmpxchg64(updates->of[i].pa, entry, entry | updates->of[i].flags))
			return false;
	}
	return true;
}

/*
 * Is there a log that is full? Its index counts down, and is beyond the page then (SDM
 * "Page-Modification Logging").
 */
static inline bool log_full(const struct nested *n)
{
	return slot_uses_secondary(n->current, SECONDARY_EXEC_ENABLE_PML) &&
	       (u16)m_vmread(GUEST_PML_INDEX) >= PML_ENTRIES;
}

/* If there is a page-modification log, enter a page whose dirty flag has been set. */
static NOINLINE __attribute__((unused)) void log_page(const struct nested *n, u64 gpa)
{
	u16 index;

	if (!slot_uses_secondary(n->current, SECONDARY_EXEC_ENABLE_PML))
		return;
	index = m_vmread(GUEST_PML_INDEX);
	gpa &= ~(u64)PAGE_4K_MASK;
	m_phys_write(n->current->value[FI_PML_ADDRESS] + index * sizeof(gpa), &gpa, sizeof(gpa));
	m_vmwrite(GUEST_PML_INDEX, (u16)(index - 1));
}

/* Do the rights that a walk has found include all that an access needs? */
static inline bool rights_suffice(const struct walk12 *walk, u64 need)
{
	if ((walk->rights & need & ~NEED_FETCH) != (need & ~NEED_FETCH))
		return false;
	return !(need & NEED_FETCH) || (walk->rights & FETCH_RIGHTS);
}

/*
 * Does a sub-page's permission grant a write that the rights of @walk do not? That is for writes to
 * a 4-KByte page that can be read and not written to and whose leaf @entry has bit 61 (SDM "Write
 * Accesses That Are Eligible for Sub-Page Write Permissions").
 */
static NOINLINE __attribute__((unused)) enum walk12_result
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

/**
 * walk12() - walk EPT12 for an access of L2
 * @n: L1's VMX; VMCS02 is current
 * @eptp: L1's EPT pointer
 * @gpa: guest-physical address
 * @need: the rights that the access needs, as needed_rights() has them
 * @mode: what the walk may do
 * @walk: receives where the walk ended; without WALK12_OK it has only @rights and @suppress_ve
 *
 * Flags are set when an entry is used for a translation, and a walk that ends in a violation has
 * made none (SDM "Accessed and Dirty Flags for EPT"). A full log is noticed before any flag is set.
 *
 * Another CPU of L1 may change an entry again and again, so a walk is not begun anew here: L2 tries
 * its access again, and between two attempts interrupts come through.
 *
 * Return: enum walk12_result; WALK12_CHANGED only where flags are set.
 */
ALWAYS_INLINE enum walk12_result walk12(const struct nested *n, u64 eptp, u64 gpa, u64 need,
					enum walk12_mode mode, struct walk12 *walk)
{
	u64 rights = right_bits(n->current), table, entry, pa;
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
		table = entry & VMX_EPT_ADDRESS_MASK;
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

/*
 * Which of two rights a fetch needs depends on the linear address (SDM "Mode-Based Execute
 * Control"). Where the processor does not say, EPT02 does: the right that its entry had was not the
 * one that was missing. If the entry had neither, either will do, and the next violation decides.
 */
static inline u64 fetch_right(const struct nested *n, u64 qualification)
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

/**
 * needed_rights() - the rights that the access of an EPT violation needs
 * @n: L1's VMX
 * @qualification: the exit qualification
 *
 * Return: bits of an EPT entry, perhaps with NEED_FETCH.
 */
static inline u64 needed_rights(const struct nested *n, u64 qualification)
{
	u64 need = qualification &
		   (EPT_VIOLATION_ACC_READ | EPT_VIOLATION_ACC_WRITE | EPT_VIOLATION_ACC_INSTR);

	if (likely(!(need & EPT_VIOLATION_ACC_INSTR) || !mode_based_exec(n->current)))
		return need;
	return (need & ~EPT_VIOLATION_ACC_INSTR) | fetch_right(n, qualification);
}

#endif
