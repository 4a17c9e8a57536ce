/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine below nested/ in unit tests: see nested/machine-contract.h. */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdlib.h>
#include <string.h>

#include "memory.h"

/* nested/ promises never to cross a page with one access. */
static inline u8 *machine_range(u64 pa, unsigned int len)
{
	if (!len || pa % MEMORY_FRAME_SIZE + len > MEMORY_FRAME_SIZE)
		abort();
	return memory_at(&memory, pa);
}

static inline bool m_phys_read(u64 pa, void *buf, unsigned int len)
{
	const u8 *at = machine_range(pa, len);

	if (at)
		memcpy(buf, at, len);
	return at;
}

static inline bool m_phys_write(u64 pa, const void *buf, unsigned int len)
{
	u8 *at = machine_range(pa, len);

	if (at)
		memcpy(at, buf, len);
	return at;
}

static inline bool machine_cmpxchg(u64 pa, const void *old, const void *new, unsigned int len)
{
	u8 *at = machine_range(pa, len);

	if (pa % len)
		abort();
	if (memory_before_cmpxchg)
		memory_before_cmpxchg(pa);
	if (!at)
		return true;
	if (memcmp(at, old, len))
		return false;
	memcpy(at, new, len);
	return true;
}

static inline bool m_phys_cmpxchg32(u64 pa, u32 old, u32 new)
{
	return machine_cmpxchg(pa, &old, &new, sizeof(old));
}

static inline bool m_phys_cmpxchg64(u64 pa, u64 old, u64 new)
{
	return machine_cmpxchg(pa, &old, &new, sizeof(old));
}

#endif /* MACHINE_H */
