/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tables of EPT02, and the log of what a root is made of. Both ept02.c, which has the roots,
 * and violation.c, which fills them, need them.
 */
#ifndef NESTED_EPT_TABLES_H
#define NESTED_EPT_TABLES_H

#include "arch/vmx.h"
#include "arch/x86.h"
#include "ept/ept12.h"
#include "machine/contract.h"
#include "state.h"

/* What an empty entry has, what an entry that points to a table has beside the address */
#define EPT02_EMPTY VMX_EPT_SUPPRESS_VE_BIT
#define EPT02_TABLE (VMX_EPT_RWX_MASK | VMX_EPT_USER_EXECUTABLE_MASK | VMX_EPT_ACCESS_BIT)

/* How many leaves and tables a log has room for */
#define LOG_LEAVES 128
#define LOG_TABLES 380

/**
 * struct ept02_log - what a root is made of; a page of its own
 * @nr_leaves: number of leaves; LOG_LEAVES + 1 if there are more than LOG_LEAVES
 * @nr_tables: number of tables; LOG_TABLES + 1 if there are more than LOG_TABLES
 * @leaves: guest-physical addresses of what was entered, with the level in the low bits
 * @tables: physical addresses of all tables but the topmost
 */
struct ept02_log {
	u32 nr_leaves;
	u32 nr_tables;
	u64 leaves[LOG_LEAVES + 1];
	u64 tables[LOG_TABLES + 1];
};

_Static_assert(sizeof(struct ept02_log) <= PAGE_4K_SIZE, "the log is a page");

/* Empty a table. */
static inline void clear_table(u64 pa)
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

/* Does an entry map a page or point to a table? */
static inline bool is_present(u64 entry)
{
	return entry & (VMX_EPT_RWX_MASK | VMX_EPT_USER_EXECUTABLE_MASK);
}

/* The EPT pointer with which L2 runs on a root. */
static inline u64 eptp02_of(const struct ept02_root *root)
{
	return root->root | MEM_TYPE_WB |
	       (root->eptp12 & (VMX_EPTP_PWL_MASK | VMX_EPTP_AD_ENABLE_BIT));
}

/* The log of a root. */
static inline struct ept02_log *log_of(const struct ept02_root *root)
{
	return m_va(root->log);
}

/* Note that a leaf has been entered at a level for @gpa. */
static inline void log_leaf(const struct ept02_root *root, u64 gpa, int level)
{
	struct ept02_log *log = log_of(root);
	u32 nr = log->nr_leaves;

	if (unlikely(nr > LOG_LEAVES))
		return;
	log->leaves[nr] = gpa | level;
	log->nr_leaves = nr + 1;
}

/* Note that a root has one more table. */
static inline void log_table(const struct ept02_root *root, u64 table)
{
	struct ept02_log *log = log_of(root);
	u32 nr = log->nr_tables;

	if (unlikely(nr > LOG_TABLES))
		return;
	log->tables[nr] = table;
	log->nr_tables = nr + 1;
}

/**
 * leaf_of() - find the leaf that maps an address at a given level
 * @root: the root
 * @gpa: guest-physical address
 * @level: the level
 *
 * Return: the entry, or NULL if there is none, or one of another level.
 */
static inline u64 *leaf_of(const struct ept02_root *root, u64 gpa, int level)
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
		table = m_va(*entry & VMX_EPT_ADDRESS_MASK);
	}
}

#endif
