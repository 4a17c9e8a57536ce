// SPDX-License-Identifier: GPL-2.0-only
/*
 * From linear to physical addresses through L1's own page tables.
 *
 * One loop serves all paging modes: they differ in the number of levels, the size of an entry, the
 * bits that are reserved, and the bits that hold a large page's address. A walk first collects the
 * entries it uses, then checks the access (SDM "Determination of Access Rights"), and only then
 * sets accessed and dirty flags. If an entry has changed meanwhile, all of it is done again.
 */
#include "l1/walk.h"

#include "arch/msr.h"
#include "arch/x86.h"
#include "machine/contract.h"

#define MAX_LEVELS	5

/*
 * L1's other processors may change the tables during the walk; they must not hold it up for ever.
 */
#define MAX_TRIES	16

#define ENTRY_ADDR	GENMASK_ULL(51, 12)

/**
 * struct paging - a paging mode
 * @root: physical address of the table at the highest level
 * @reserved: the bits that are reserved in every entry
 * @levels: the number of levels
 * @index_bits: bits of the linear address per level
 * @entry_shift: log2 of the bytes of an entry
 * @large_pages: a bit per level at which PS makes an entry map a page
 * @no_ps: a bit per level at which PS is reserved
 */
struct paging {
	u64 root;
	u64 reserved;
	u8 levels;
	u8 index_bits;
	u8 entry_shift;
	u8 large_pages;
	u8 no_ps;
};

/**
 * struct path - the entries that one translation uses
 * @pa: physical address of each entry
 * @entry: value of each entry, as read
 * @rights: PTE_RW and PTE_US if all entries have it
 * @no_execute: PTE_XD if any entry has it
 * @nr: the number of entries
 * @leaf_shift: log2 of the bytes of the page
 */
struct path {
	u64 pa[MAX_LEVELS];
	u64 entry[MAX_LEVELS];
	u64 rights;
	u64 no_execute;
	u8 nr;
	u8 leaf_shift;
};

static bool user_access(const struct walk_ctx *ctx, unsigned int access)
{
	if (access & WALK_IMPLICIT)
		return false;
	return ctx->cpl == 3 || (access & WALK_USER);
}

/* The bits from the physical-address width up to @top. */
static u64 above_maxphyaddr(const struct walk_ctx *ctx, unsigned int top)
{
	return ctx->maxphyaddr > top ? 0 : GENMASK_ULL(top, ctx->maxphyaddr);
}

static void paging_32bit(const struct walk_ctx *ctx, struct paging *mode)
{
	*mode = (struct paging){
		.root = ctx->cr3 & GENMASK_ULL(31, 12),
		.levels = 2,
		.index_bits = 10,
		.entry_shift = 2,
		.large_pages = ctx->cr4 & X86_CR4_PSE ? BIT(2) : 0,
	};
}

/* Returns the PDPTE, below which the walk begins. */
static u64 paging_pae(const struct walk_ctx *ctx, u64 linear, struct paging *mode)
{
	const u64 pdpte = ctx->pdpte[(linear >> 30) & 3];

	*mode = (struct paging){
		.root = pdpte & ENTRY_ADDR,
		.levels = 2,
		.index_bits = 9,
		.entry_shift = 3,
		.reserved = above_maxphyaddr(ctx, 62) | (ctx->efer & EFER_NX ? 0 : PTE_XD),
		.large_pages = BIT(2),
	};
	return pdpte;
}

static void paging_long(const struct walk_ctx *ctx, struct paging *mode)
{
	*mode = (struct paging){
		.root = ctx->cr3 & ENTRY_ADDR,
		.levels = ctx->cr4 & X86_CR4_LA57 ? 5 : 4,
		.index_bits = 9,
		.entry_shift = 3,
		.reserved = above_maxphyaddr(ctx, 51) | (ctx->efer & EFER_NX ? 0 : PTE_XD),
		.large_pages = BIT(2) | (ctx->page1g ? BIT(3) : 0),
		.no_ps = BIT(4) | BIT(5) | (ctx->page1g ? 0 : BIT(3)),
	};
}

static u32 fault_bits(const struct walk_ctx *ctx, unsigned int access)
{
	u32 error = 0;

	if (access & WALK_WRITE)
		error |= X86_PF_WRITE;
	if (user_access(ctx, access))
		error |= X86_PF_USER;
	if ((access & WALK_FETCH) &&
	    ((ctx->cr4 & X86_CR4_SMEP) || ((ctx->cr4 & X86_CR4_PAE) && (ctx->efer & EFER_NX))))
		error |= X86_PF_INSTR;
	return error;
}

static u64 read_entry(u64 pa, unsigned int entry_shift)
{
	u64 wide;
	u32 narrow;

	if (entry_shift == 2)
		return m_phys_read(pa, &narrow, sizeof(narrow)) ? narrow : ~0u;
	return m_phys_read(pa, &wide, sizeof(wide)) ? wide : ~0ULL;
}

/*
 * The reserved bits of a 4-MByte page's entry: its bits 20:13 are bits 39:32 of the
 * address (PSE-36).
 */
static u64 reserved_4m(const struct walk_ctx *ctx)
{
	const unsigned int width = ctx->maxphyaddr < 40 ? ctx->maxphyaddr : 40;

	return GENMASK_ULL(21, width > 32 ? width - 19 : 13);
}

static u64 leaf_address(const struct paging *mode, const struct path *path)
{
	const u64 entry = path->entry[path->nr - 1];

	if (mode->entry_shift == 2 && path->leaf_shift == 22)
		return (entry & GENMASK_ULL(31, 22)) | ((entry & GENMASK_ULL(20, 13)) << 19);
	return entry & ENTRY_ADDR & (~0ULL << path->leaf_shift);
}

static u64 reserved_bits(const struct walk_ctx *ctx, const struct paging *mode, unsigned int level,
			 u64 entry, unsigned int shift)
{
	u64 reserved = mode->reserved;

	if (!(entry & PTE_PS) || level == 1)
		return reserved;
	if (mode->no_ps & BIT(level))
		return reserved | PTE_PS;
	if (!(mode->large_pages & BIT(level)))
		return reserved;
	if (mode->entry_shift == 2)
		return reserved | reserved_4m(ctx);
	return reserved | GENMASK_ULL(shift - 1, 13);
}

/* Collects the entries. Returns an error code with no more than P and RSVD, or -1 for success. */
static int collect(const struct walk_ctx *ctx, const struct paging *mode, u64 linear,
		   struct path *path)
{
	unsigned int shift = PAGE_4K_SHIFT + mode->index_bits * (mode->levels - 1u);
	const u64 index_mask = BIT_ULL(mode->index_bits) - 1;
	unsigned int level = mode->levels;
	u64 table = mode->root;
	u64 entry;
	u64 pa;

	path->nr = 0;
	path->rights = PTE_RW | PTE_US;
	path->no_execute = 0;
	for (;;) {
		pa = table + (((linear >> shift) & index_mask) << mode->entry_shift);
		entry = read_entry(pa, mode->entry_shift);
		if (!(entry & PTE_P))
			return 0;
		if (entry & reserved_bits(ctx, mode, level, entry, shift))
			return X86_PF_PROT | X86_PF_RSVD;

		path->pa[path->nr] = pa;
		path->entry[path->nr++] = entry;
		path->rights &= entry;
		path->no_execute |= entry & PTE_XD;
		if (level == 1 || ((entry & PTE_PS) && (mode->large_pages & BIT(level))))
			break;

		table = entry & ENTRY_ADDR;
		shift -= mode->index_bits;
		level--;
	}
	path->leaf_shift = shift;
	return -1;
}

/* Does a protection key deny the access (SDM "Protection Keys")? */
static bool key_denies(const struct walk_ctx *ctx, const struct path *path, unsigned int access)
{
	const bool user_page = path->rights & PTE_US;
	const u64 leaf = path->entry[path->nr - 1];
	u32 rights;

	if (!(ctx->efer & EFER_LMA) || (access & WALK_FETCH))
		return false;
	if (!(ctx->cr4 & (user_page ? X86_CR4_PKE : X86_CR4_PKS)))
		return false;

	rights = (user_page ? ctx->pkru : ctx->pkrs) >> (2 * ((leaf >> PTE_PKEY_SHIFT) & 15));
	if (rights & 1)
		return true;
	return (rights & 2) && (access & WALK_WRITE) &&
	       ((ctx->cr0 & X86_CR0_WP) || user_access(ctx, access));
}

static bool supervisor_allowed(const struct walk_ctx *ctx, const struct path *path,
			       unsigned int access)
{
	const bool user_page = path->rights & PTE_US;

	if (access & WALK_FETCH)
		return !path->no_execute && !(user_page && (ctx->cr4 & X86_CR4_SMEP));
	if (user_page && (ctx->cr4 & X86_CR4_SMAP) &&
	    ((access & WALK_IMPLICIT) || !(ctx->rflags & X86_EFLAGS_AC)))
		return false;
	return !(access & WALK_WRITE) || (path->rights & PTE_RW) || !(ctx->cr0 & X86_CR0_WP);
}

static bool user_allowed(const struct path *path, unsigned int access)
{
	if (!(path->rights & PTE_US))
		return false;
	if (access & WALK_FETCH)
		return !path->no_execute;
	return !(access & WALK_WRITE) || (path->rights & PTE_RW);
}

/* Returns P and PK of the error code, or -1 if the access is allowed. */
static int check_access(const struct walk_ctx *ctx, const struct path *path, unsigned int access)
{
	const bool key = key_denies(ctx, path, access);
	const bool allowed = user_access(ctx, access) ? user_allowed(path, access)
						      : supervisor_allowed(ctx, path, access);

	if (allowed && !key)
		return -1;
	return X86_PF_PROT | (key ? X86_PF_PK : 0);
}

static bool set_flags(u64 pa, u64 old, u64 flags, unsigned int entry_shift)
{
	if ((old & flags) == flags)
		return true;
	if (entry_shift == 2)
		return m_phys_cmpxchg32(pa, (u32)old, (u32)(old | flags));
	return m_phys_cmpxchg64(pa, old, old | flags);
}

/*
 * Sets the flags as SDM "Accessed and Dirty Flags" says. Returns false if an entry has
 * changed meanwhile.
 */
static bool set_accessed_dirty(const struct paging *mode, const struct path *path,
			       unsigned int access)
{
	unsigned int i;
	u64 flags;

	for (i = 0; i < path->nr; i++) {
		flags = PTE_A;
		if (i == path->nr - 1u && (access & WALK_WRITE))
			flags |= PTE_D;
		if (!set_flags(path->pa[i], path->entry[i], flags, mode->entry_shift))
			return false;
	}
	return true;
}

static int page_fault(const struct walk_ctx *ctx, u64 linear, unsigned int access, int error,
		      struct fault *fault)
{
	fault_set_page(fault, (u32)error | fault_bits(ctx, access), linear);
	return WALK_FAULT;
}

static int walk_once(const struct walk_ctx *ctx, const struct paging *mode, u64 linear,
		     unsigned int access, u64 *phys, struct fault *fault)
{
	struct path path;
	int error;

	error = collect(ctx, mode, linear, &path);
	if (error < 0)
		error = check_access(ctx, &path, access);
	if (error >= 0)
		return page_fault(ctx, linear, access, error, fault);
	if (!set_accessed_dirty(mode, &path, access))
		return WALK_AGAIN;

	*phys = leaf_address(mode, &path) | (linear & (BIT_ULL(path.leaf_shift) - 1));
	return WALK_OK;
}

int walk_linear(const struct walk_ctx *ctx, u64 linear, unsigned int access, u64 *phys,
		struct fault *fault)
{
	const bool long_mode = ctx->efer & EFER_LMA;
	struct paging mode;
	unsigned int tries;
	int result;

	if (!long_mode)
		linear &= 0xffffffff;
	if (!(ctx->cr0 & X86_CR0_PG)) {
		*phys = linear;
		return WALK_OK;
	}

	if (long_mode)
		paging_long(ctx, &mode);
	else if (!(ctx->cr4 & X86_CR4_PAE))
		paging_32bit(ctx, &mode);
	else if (!(paging_pae(ctx, linear, &mode) & PTE_P))
		return page_fault(ctx, linear, access, 0, fault);

	for (tries = 0; tries < MAX_TRIES; tries++) {
		result = walk_once(ctx, &mode, linear, access, phys, fault);
		if (result != WALK_AGAIN)
			break;
	}
	return result;
}
