// SPDX-License-Identifier: GPL-2.0-only
/*
 * A second implementation of the page walk: one straight function per paging
 * mode after the SDM's figures, with the bit numbers as they stand there. It
 * knows nothing of nested/arch.
 */
#include <string.h>

#include "model_walk.h"

enum { OUT_OK = -1, OUT_ABSENT = 0, OUT_RESERVED = 9 };	/* else: the error code's P and RSVD */

/* A translation in the making. */
struct model {
	struct memory *mem;
	const struct walk_ctx *ctx;
	u64 linear;
	unsigned int nr;
	struct {
		u64 pa;
		u64 value;
		unsigned int size;
	} used[5];
	bool all_writable;
	bool all_user;
	bool any_xd;
	u64 phys;
	unsigned int key;
};

static u64 bits(u64 value, unsigned int high, unsigned int low)
{
	u64 result = 0;
	unsigned int i;

	for (i = low; i <= high; i++)
		result |= ((value >> i) & 1) << (i - low);
	return result;
}

static bool bit(u64 value, unsigned int number)
{
	return (value >> number) & 1;
}

static bool any(u64 value, unsigned int high, unsigned int low)
{
	return low <= high && bits(value, high, low);
}

static u64 fetch(struct model *m, u64 pa, unsigned int size)
{
	const u8 *at = memory_at(m->mem, pa);
	u64 value = 0;

	if (!at)
		return size == 4 ? 0xffffffff : ~0ULL;
	memcpy(&value, at, size);
	return value;
}

static void use(struct model *m, u64 pa, u64 value, unsigned int size)
{
	m->used[m->nr].pa = pa;
	m->used[m->nr].value = value;
	m->used[m->nr].size = size;
	m->nr++;
	if (!bit(value, 1))
		m->all_writable = false;
	if (!bit(value, 2))
		m->all_user = false;
	if (size == 8 && bit(value, 63))
		m->any_xd = true;
}

static bool nxe(const struct model *m)
{
	return bit(m->ctx->efer, 11);
}

/* "32-Bit Paging" */
static int walk_32bit(struct model *m)
{
	const u64 la = m->linear;
	const unsigned int width = m->ctx->maxphyaddr > 40 ? 40 : m->ctx->maxphyaddr;
	u64 pa, pde, pte;

	pa = (bits(m->ctx->cr3, 31, 12) << 12) + (bits(la, 31, 22) << 2);
	pde = fetch(m, pa, 4);
	if (!bit(pde, 0))
		return OUT_ABSENT;
	if (bit(pde, 7) && bit(m->ctx->cr4, 4)) {
		if (any(pde, 21, width - 19))
			return OUT_RESERVED;
		use(m, pa, pde, 4);
		m->phys = (bits(pde, 20, 13) << 32) | (bits(pde, 31, 22) << 22) | bits(la, 21, 0);
		return OUT_OK;
	}
	use(m, pa, pde, 4);

	pa = (bits(pde, 31, 12) << 12) + (bits(la, 21, 12) << 2);
	pte = fetch(m, pa, 4);
	if (!bit(pte, 0))
		return OUT_ABSENT;
	use(m, pa, pte, 4);
	m->phys = (bits(pte, 31, 12) << 12) | bits(la, 11, 0);
	return OUT_OK;
}

static bool pae_reserved(const struct model *m, u64 entry)
{
	return any(entry, 62, m->ctx->maxphyaddr) || (bit(entry, 63) && !nxe(m));
}

/* "PAE Paging" */
static int walk_pae(struct model *m)
{
	const u64 la = m->linear;
	const u64 pdpte = m->ctx->pdpte[bits(la, 31, 30)];
	u64 pa, pde, pte;

	if (!bit(pdpte, 0))
		return OUT_ABSENT;

	pa = (bits(pdpte, 51, 12) << 12) + (bits(la, 29, 21) << 3);
	pde = fetch(m, pa, 8);
	if (!bit(pde, 0))
		return OUT_ABSENT;
	if (pae_reserved(m, pde) || (bit(pde, 7) && any(pde, 20, 13)))
		return OUT_RESERVED;
	use(m, pa, pde, 8);
	if (bit(pde, 7)) {
		m->phys = (bits(pde, 51, 21) << 21) | bits(la, 20, 0);
		return OUT_OK;
	}

	pa = (bits(pde, 51, 12) << 12) + (bits(la, 20, 12) << 3);
	pte = fetch(m, pa, 8);
	if (!bit(pte, 0))
		return OUT_ABSENT;
	if (pae_reserved(m, pte))
		return OUT_RESERVED;
	use(m, pa, pte, 8);
	m->phys = (bits(pte, 51, 12) << 12) | bits(la, 11, 0);
	return OUT_OK;
}

static bool long_reserved(const struct model *m, u64 entry)
{
	return any(entry, 51, m->ctx->maxphyaddr) || (bit(entry, 63) && !nxe(m));
}

/* A table above the PDPT: bit 7 is reserved. */
static int upper_level(struct model *m, u64 *table, u64 index)
{
	const u64 pa = *table + (index << 3);
	const u64 entry = fetch(m, pa, 8);

	if (!bit(entry, 0))
		return OUT_ABSENT;
	if (long_reserved(m, entry) || bit(entry, 7))
		return OUT_RESERVED;
	use(m, pa, entry, 8);
	*table = bits(entry, 51, 12) << 12;
	return OUT_OK;
}

static void take_page(struct model *m, u64 entry, unsigned int shift)
{
	m->phys = (bits(entry, 51, shift) << shift) | bits(m->linear, shift - 1, 0);
	m->key = (unsigned int)bits(entry, 62, 59);
}

/* "4-Level Paging and 5-Level Paging" */
static int walk_long(struct model *m)
{
	const u64 la = m->linear;
	u64 table = bits(m->ctx->cr3, 51, 12) << 12;
	u64 pa, pdpte, pde, pte;
	int out;

	if (bit(m->ctx->cr4, 12)) {
		out = upper_level(m, &table, bits(la, 56, 48));
		if (out != OUT_OK)
			return out;
	}
	out = upper_level(m, &table, bits(la, 47, 39));
	if (out != OUT_OK)
		return out;

	pa = table + (bits(la, 38, 30) << 3);
	pdpte = fetch(m, pa, 8);
	if (!bit(pdpte, 0))
		return OUT_ABSENT;
	if (long_reserved(m, pdpte))
		return OUT_RESERVED;
	if (bit(pdpte, 7) && (!m->ctx->page1g || any(pdpte, 29, 13)))
		return OUT_RESERVED;
	use(m, pa, pdpte, 8);
	if (bit(pdpte, 7)) {
		take_page(m, pdpte, 30);
		return OUT_OK;
	}

	pa = (bits(pdpte, 51, 12) << 12) + (bits(la, 29, 21) << 3);
	pde = fetch(m, pa, 8);
	if (!bit(pde, 0))
		return OUT_ABSENT;
	if (long_reserved(m, pde) || (bit(pde, 7) && any(pde, 20, 13)))
		return OUT_RESERVED;
	use(m, pa, pde, 8);
	if (bit(pde, 7)) {
		take_page(m, pde, 21);
		return OUT_OK;
	}

	pa = (bits(pde, 51, 12) << 12) + (bits(la, 20, 12) << 3);
	pte = fetch(m, pa, 8);
	if (!bit(pte, 0))
		return OUT_ABSENT;
	if (long_reserved(m, pte))
		return OUT_RESERVED;
	use(m, pa, pte, 8);
	take_page(m, pte, 12);
	return OUT_OK;
}

static bool is_user(const struct walk_ctx *ctx, unsigned int access)
{
	if (access & WALK_IMPLICIT)
		return false;
	return (access & WALK_USER) ? true : ctx->cpl == 3;
}

/* "Protection Keys": does the key forbid it? */
static bool key_forbids(const struct model *m, unsigned int access)
{
	const struct walk_ctx *ctx = m->ctx;
	const bool enabled = m->all_user ? bit(ctx->cr4, 22) : bit(ctx->cr4, 24);
	const u32 rights = m->all_user ? ctx->pkru : ctx->pkrs;

	if (!bit(ctx->efer, 10) || !enabled || (access & WALK_FETCH))
		return false;
	if (bit(rights, 2 * m->key))
		return true;
	if (!bit(rights, 2 * m->key + 1) || !(access & WALK_WRITE))
		return false;
	return bit(ctx->cr0, 16) || is_user(ctx, access);
}

/* "Determination of Access Rights" for supervisor-mode accesses. */
static bool supervisor_may(const struct model *m, unsigned int access)
{
	const struct walk_ctx *ctx = m->ctx;
	const bool smap = bit(ctx->cr4, 21);
	const bool ac = bit(ctx->rflags, 18);
	const bool wp = bit(ctx->cr0, 16);

	if (access & WALK_FETCH) {
		if (m->all_user)
			return !bit(ctx->cr4, 20) && !m->any_xd;
		return !m->any_xd;
	}
	if (m->all_user && smap) {
		/* "if EFLAGS.AC = 1 and the access is explicit" */
		if ((access & WALK_IMPLICIT) || !ac)
			return false;
	}
	if (access & WALK_WRITE)
		return wp ? m->all_writable : true;
	return true;
}

/* "Determination of Access Rights" for user-mode accesses. */
static bool user_may(const struct model *m, unsigned int access)
{
	if (!m->all_user)
		return false;
	if (access & WALK_FETCH)
		return !m->any_xd;
	if (access & WALK_WRITE)
		return m->all_writable;
	return true;
}

static int rights(const struct model *m, unsigned int access)
{
	const bool may = is_user(m->ctx, access) ? user_may(m, access) : supervisor_may(m, access);

	if (key_forbids(m, access))
		return 1 | 32;
	return may ? OUT_OK : 1;
}

static void mark(struct model *m, unsigned int access)
{
	unsigned int i;
	u64 value;
	u8 *at;

	for (i = 0; i < m->nr; i++) {
		at = memory_at(m->mem, m->used[i].pa);
		if (!at)
			continue;
		/* A table may serve two levels: add to what is there now. */
		memcpy(&value, at, m->used[i].size);
		value |= 1ULL << 5;
		if (i + 1 == m->nr && (access & WALK_WRITE))
			value |= 1ULL << 6;
		memcpy(at, &value, m->used[i].size);
	}
}

static u32 error_code(const struct walk_ctx *ctx, unsigned int access, int out)
{
	u32 error = (u32)out;

	if (access & WALK_WRITE)
		error += 2;
	if (is_user(ctx, access))
		error += 4;
	if ((access & WALK_FETCH) &&
	    (bit(ctx->cr4, 20) || (bit(ctx->cr4, 5) && bit(ctx->efer, 11))))
		error += 16;
	return error;
}

static int walk_mode(struct model *m)
{
	if (bit(m->ctx->efer, 10))
		return walk_long(m);
	return bit(m->ctx->cr4, 5) ? walk_pae(m) : walk_32bit(m);
}

int model_walk(struct memory *mem, const struct walk_ctx *ctx, u64 linear, unsigned int access,
	       u64 *phys, struct fault *fault)
{
	struct model m = { .mem = mem, .ctx = ctx, .all_writable = true, .all_user = true };
	int out;

	m.linear = bit(ctx->efer, 10) ? linear : bits(linear, 31, 0);
	if (!bit(ctx->cr0, 31)) {
		*phys = m.linear;
		return WALK_OK;
	}

	out = walk_mode(&m);
	if (out == OUT_OK)
		out = rights(&m, access);
	if (out != OUT_OK) {
		memset(fault, 0, sizeof(*fault));
		fault->vector = 14;
		fault->has_error = true;
		fault->error = error_code(ctx, access, out);
		fault->cr2 = m.linear;
		return WALK_FAULT;
	}
	mark(&m, access);
	*phys = m.phys;
	return WALK_OK;
}
