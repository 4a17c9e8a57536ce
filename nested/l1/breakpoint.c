// SPDX-License-Identifier: GPL-2.0-only
/*
 * L1's data breakpoints, where software makes an access in L1's name (SDM "Data Memory and I/O
 * Breakpoint Exception Conditions"). VM exits leave DR0 to DR3 as they are and save DR7.
 */
#include "arch/fields.h"
#include "arch/vmx.h"
#include "arch/x86.h"
#include "l1/breakpoint.h"
#include "machine/contract.h"

/* DR7 has two bits to enable a breakpoint, and further up four for its kind and its length. */
static bool enabled(u64 dr7, unsigned int nr)
{
	return dr7 >> (2 * nr) & 3;
}

static unsigned int kind(u64 dr7, unsigned int nr)
{
	return dr7 >> (DR7_KIND_SHIFT + 4 * nr) & 3;
}

static unsigned int length(u64 dr7, unsigned int nr)
{
	static const u8 lengths[] = { 1, 2, 8, 4 };

	return lengths[dr7 >> (DR7_LENGTH_SHIFT + 4 * nr) & 3];
}

/* Some byte of the access must be one of the breakpoint, which is aligned to its length. */
static bool overlaps(u64 dr7, unsigned int nr, u64 linear, unsigned int size, u64 mask)
{
	const unsigned int len = length(dr7, nr);
	const u64 start = m_read_breakpoint(nr) & ~(u64)(len - 1);

	if (start & ~mask)
		return false;
	return ((start - linear) & mask) < size || ((linear - start) & mask) < len;
}

u64 breakpoint_hits(u64 dr7, u64 linear, unsigned int size, bool write, bool long_mode)
{
	const u64 mask = long_mode ? ~0ull : 0xffffffff;
	unsigned int nr;
	u64 hits = 0;

	for (nr = 0; nr < NR_BREAKPOINTS; nr++) {
		if (!enabled(dr7, nr))
			continue;
		if (kind(dr7, nr) != DR7_ACCESSES && !(write && kind(dr7, nr) == DR7_WRITES))
			continue;
		if (overlaps(dr7, nr, linear, size, mask))
			hits |= BIT_ULL(nr);
	}
	return hits;
}

/* The field is as SDM "Pending Debug Exceptions" says. MOV SS may have left some there. */
void breakpoint_note(u64 linear, unsigned int size, bool write, bool long_mode)
{
	const u64 dr7 = m_vmread(GUEST_DR7);
	u64 hits;

	if (likely(!(dr7 & DR7_ENABLED)))
		return;
	hits = breakpoint_hits(dr7, linear, size, write, long_mode);
	if (hits)
		m_vmwrite(GUEST_PENDING_DBG_EXCEPTIONS,
			  m_vmread(GUEST_PENDING_DBG_EXCEPTIONS) | hits | PENDING_DBG_BREAKPOINT);
}
