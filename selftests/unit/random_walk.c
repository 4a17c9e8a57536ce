// SPDX-License-Identifier: GPL-2.0-only
/* Page tables and processor states made from a source of numbers. */
#include <string.h>

#include "arch/msr.h"
#include "arch/x86.h"
#include "model_walk.h"
#include "random_walk.h"

#define NR_TABLES	6

const char *const paging_mode_names[NR_MODES] = {
	"no paging", "32-bit paging", "PAE paging", "4-level paging", "5-level paging",
};

/* Some below 4 GBytes, some where only wide entries reach. */
static const u64 wide_frames[NR_TABLES] = {
	0x1000, 0x7fffe000, 0xfffff000, 0x123456000, 0xf00000000, 0x0000000800000000,
};
static const u64 narrow_frames[NR_TABLES] = {
	0x1000, 0x2000, 0x400000, 0x7fffe000, 0xffc00000, 0xfffff000,
};

static bool is_narrow(enum paging_mode mode)
{
	return mode == MODE_NONE || mode == MODE_32BIT;
}

static u64 some_frame(enum paging_mode mode, u64 (*next)(void))
{
	const u64 *frames = is_narrow(mode) ? narrow_frames : wide_frames;

	return frames[next() % NR_TABLES];
}

static bool once_in(unsigned int n, u64 (*next)(void))
{
	return !(next() % n);
}

/* Mostly present, allowed and well-formed: else no walk would get far. */
static u64 random_entry(enum paging_mode mode, u64 (*next)(void))
{
	u64 entry = some_frame(mode, next);
	const u64 dice = next();

	if (dice % 16)
		entry |= PTE_P;
	entry |= dice & (PTE_PWT | PTE_PCD | PTE_A | PTE_D | PTE_G | GENMASK_ULL(11, 9));
	if ((dice >> 16) % 4)
		entry |= PTE_RW;
	if ((dice >> 20) % 3)
		entry |= PTE_US;
	if (!((dice >> 24) % 6))
		entry |= PTE_PS;
	if (!((dice >> 28) % 8))
		entry |= PTE_XD;
	if (!((dice >> 32) % 24))
		entry |= BIT_ULL(12 + (dice >> 40) % 51);
	if (mode >= MODE_4LEVEL)
		entry |= (dice >> 48 & 15) << PTE_PKEY_SHIFT;
	/* Large pages need low address bits of 0. */
	if ((entry & PTE_PS) && (dice >> 52) % 8)
		entry &= ~GENMASK_ULL(29, 13);
	return entry;
}

void random_tables(enum paging_mode mode, u64 (*next)(void))
{
	unsigned int table, offset;
	u64 entry;

	memory_reset();
	for (table = 0; table < NR_TABLES; table++) {
		memory_add(is_narrow(mode) ? narrow_frames[table] : wide_frames[table]);
		for (offset = 0; offset < MEMORY_FRAME_SIZE; offset += 8) {
			entry = random_entry(mode, next);
			if (is_narrow(mode))
				entry = (u32)entry | (random_entry(mode, next) << 32);
			memcpy(&memory.frames[table].data[offset], &entry, sizeof(entry));
		}
	}
}

static u64 mode_cr4(enum paging_mode mode)
{
	u64 cr4 = 0;

	if (mode >= MODE_PAE)
		cr4 |= X86_CR4_PAE;
	if (mode == MODE_5LEVEL)
		cr4 |= X86_CR4_LA57;
	return cr4;
}

struct walk_ctx random_ctx(enum paging_mode mode, u64 (*next)(void))
{
	static const u8 widths[] = { 36, 36, 39, 40, 46, 52, 33, 32 };
	const u64 cr4_chance = X86_CR4_PSE | X86_CR4_SMEP | X86_CR4_SMAP | X86_CR4_PKE |
			       X86_CR4_PKS | X86_CR4_PGE;
	struct walk_ctx ctx = {
		.cr0 = X86_CR0_PE | (next() & X86_CR0_WP) |
		       (mode == MODE_NONE ? 0 : X86_CR0_PG),
		.cr3 = some_frame(mode, next) | (next() & 0xfff),
		.cr4 = mode_cr4(mode) | (next() & cr4_chance),
		.efer = (next() & EFER_NX) | (mode >= MODE_4LEVEL ? EFER_LMA | EFER_LME : 0),
		.rflags = X86_EFLAGS_FIXED | (next() & X86_EFLAGS_AC),
		.pkru = (u32)next() & (u32)next(),
		.pkrs = (u32)next() & (u32)next(),
		.cpl = next() & 3,
		.maxphyaddr = widths[next() % ARRAY_SIZE(widths)],
		.page1g = next() & 1,
	};
	unsigned int i;

	for (i = 0; i < 4; i++)
		ctx.pdpte[i] = some_frame(mode, next) | (once_in(8, next) ? 0 : PTE_P);
	return ctx;
}

struct random_access random_access(enum paging_mode mode, u64 (*next)(void))
{
	static const unsigned int kinds[] = {
		WALK_READ, WALK_WRITE, WALK_FETCH, WALK_READ | WALK_USER, WALK_WRITE | WALK_USER,
		WALK_FETCH | WALK_USER, WALK_READ | WALK_IMPLICIT, WALK_WRITE | WALK_IMPLICIT,
	};
	struct random_access what = {
		.linear = next(),
		.access = kinds[next() % ARRAY_SIZE(kinds)],
	};

	if (mode == MODE_4LEVEL)
		what.linear = (u64)((s64)(what.linear << 16) >> 16);
	if (mode == MODE_5LEVEL)
		what.linear = (u64)((s64)(what.linear << 7) >> 7);
	return what;
}

struct compared compare_walks(const struct walk_ctx *ctx, const struct random_access *what)
{
	static struct memory other;
	struct compared c;

	memset(&c, 0, sizeof(c));
	memcpy(&other, &memory, sizeof(other));
	c.expected = model_walk(&other, ctx, what->linear, what->access, &c.expected_phys,
				&c.expected_fault);
	c.result = walk_linear(ctx, what->linear, what->access, &c.phys, &c.fault);
	c.same_memory = !memcmp(&other, &memory, sizeof(other));
	return c;
}

bool compared_equal(const struct compared *c)
{
	return c->result == c->expected && c->phys == c->expected_phys &&
	       c->fault.vector == c->expected_fault.vector &&
	       c->fault.has_error == c->expected_fault.has_error &&
	       c->fault.error == c->expected_fault.error &&
	       c->fault.cr2 == c->expected_fault.cr2 && c->same_memory;
}
