/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine below nested/ in unit tests: see nested/machine/contract.h. */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdlib.h>
#include <string.h>

#include "arch/msr.h"
#include "arch/x86.h"
#include "processor.h"
#include "ram.h"

/*
 * A byte of memory that L1 may name, or NULL. memory.c has one answer, for tests that copy and
 * compare all of memory; ram.c another, with memory of Nestor's own beside L1's.
 */
u8 *machine_memory(u64 pa, bool write);

/* nested/ promises never to cross a page with one access. */
static inline u8 *machine_range(u64 pa, unsigned int len, bool write)
{
	if (!len || (pa & PAGE_4K_MASK) + len > PAGE_4K_SIZE)
		abort();
	return machine_memory(pa, write);
}

static inline bool m_phys_read(u64 pa, void *buf, unsigned int len)
{
	const u8 *at = machine_range(pa, len, false);

	if (at)
		memcpy(buf, at, len);
	else
		memset(buf, 0xff, len);
	return at;
}

static inline bool m_phys_write(u64 pa, const void *buf, unsigned int len)
{
	u8 *at = machine_range(pa, len, true);

	if (at)
		memcpy(at, buf, len);
	return at;
}

static inline bool machine_cmpxchg(u64 pa, const void *old, const void *new, unsigned int len)
{
	u8 *at = machine_range(pa, len, true);

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

/* Root's own memory */

static inline void *m_va(u64 pa)
{
	return ram_own(pa);
}

static inline bool machine_block_hidden(u64 block)
{
	return !(block >> 43) && ram_hidden(block << 21);
}

static inline bool machine_gb_hidden(u64 gb)
{
	return !(gb >> 34) && ram_any_hidden(gb << 30, (gb + 1) << 30);
}

/* Instructions */

static inline u64 m_vmread(u64 field)
{
	return hw_vmread(field);
}

static inline void m_vmread_to(u64 field, u64 *to)
{
	*to = hw_vmread(field);
}

static inline void m_vmwrite(u64 field, u64 value)
{
	hw_vmwrite(field, value);
}

static inline void m_expect_current(u64 pa)
{
	hw_expect_current(pa);
}

static inline void m_vmptrld(u64 pa)
{
	hw_vmptrld(pa);
}

static inline void m_vmptrld_at(const u64 *pa)
{
	hw_vmptrld(*pa);
}

static inline void m_vmclear(u64 pa)
{
	hw_vmclear(pa);
}

static inline void m_invept(u64 type, u64 eptp)
{
	hw_invept(type, eptp);
}

static inline bool m_invvpid(u64 type, u16 vpid, u64 linear)
{
	return hw_invvpid(type, vpid, linear);
}

static inline bool m_rdmsr_safe(u32 msr, u64 *value)
{
	return hw_rdmsr(msr, value);
}

static inline u64 m_rdmsr(u32 msr)
{
	u64 value;

	hw_rdmsr(msr, &value);
	return value;
}

static inline bool m_wrmsr_safe(u32 msr, u64 value)
{
	return hw_wrmsr(msr, value);
}

static inline bool m_debugctl_accepts(u64 value)
{
	return hw_wrmsr(MSR_IA32_DEBUGCTLMSR, value) && hw_wrmsr(MSR_IA32_DEBUGCTLMSR, 0);
}

static inline u32 m_rdpkru(void)
{
	return processor.pkru;
}

static inline u64 m_read_breakpoint(unsigned int nr)
{
	return processor.breakpoint[nr];
}

static inline void m_write_cr2(u64 value)
{
	processor.cr2 = value;
}

static inline u64 m_rdtsc(void)
{
	return ++processor.tsc;
}

static inline u32 m_rdtsc_low(void)
{
	return (u32)m_rdtsc();
}

#endif
