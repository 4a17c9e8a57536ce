/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine as nested/ and root code reach it: VMX instructions, MSRs, physical memory, the
 * clock.
 *
 * nested/machine/contract.h says what each function promises; selftests/unit has another machine.h
 * that keeps the same promises with arrays.
 */
#ifndef ROOT_MACHINE_H
#define ROOT_MACHINE_H

#include "abi.h"
#include "arch/msr.h"
#include "arch/x86.h"
#include "arch/types.h"

struct cpu;

/*
 * Each CPU sets these at its first exit, and all to the same: the blocks that are hidden, the
 * blocks that root has found to be memory of L1's, and where root's map of physical memory ends.
 */
extern const u64 *machine_hidden;
extern u64 machine_nr_hidden;
extern u64 *machine_memory;
extern u64 machine_nr_memory;
extern u64 machine_reach;

/* Where @insn faults, which it may do on a value that L1 chose, root continues at @fixup. */
#define ROOT_EXTABLE(insn, fixup)             \
	".pushsection .root_extable, \"a\"\n" \
	".quad " insn ", " fixup "\n"         \
	".popsection\n"

static inline u64 m_vmread(u64 field)
{
	u64 value;

	asm volatile("vmread %1, %0" : "=rm"(value) : "r"(field) : "cc");
	return value;
}

static inline void m_vmread_to(u64 field, u64 *to)
{
	asm volatile("vmread %1, %0" : "=m"(*to) : "r"(field) : "cc");
}

static inline void m_vmwrite(u64 field, u64 value)
{
	asm volatile("vmwrite %1, %0" : : "r"(field), "rm"(value) : "cc");
}

static inline void m_vmptrld(u64 pa)
{
	asm volatile("vmptrld %0" : : "m"(pa) : "cc", "memory");
}

/* Does the same without a copy of the address, which is in memory already. */
static inline void m_vmptrld_at(const u64 *pa)
{
	asm volatile("vmptrld %0" : : "m"(*pa) : "cc", "memory");
}

static inline void m_vmclear(u64 pa)
{
	asm volatile("vmclear %0" : : "m"(pa) : "cc", "memory");
}

static inline void m_expect_current(u64 pa)
{
	(void)pa;
}

static inline void m_invept(u64 type, u64 eptp)
{
	struct {
		u64 eptp, reserved;
	} desc = { eptp, 0 };

	asm volatile("invept %0, %1" : : "m"(desc), "r"(type) : "cc", "memory");
}

/* Returns false where the processor says VMfail. */
static inline bool m_invvpid(u64 type, u16 vpid, u64 linear)
{
	struct {
		u64 vpid, linear;
	} desc = { vpid, linear };
	bool failed;

	asm volatile("invvpid %1, %2" : "=@ccna"(failed) : "m"(desc), "r"(type) : "memory");
	return !failed;
}

static inline u32 m_rdtsc_low(void)
{
	u32 lo;

	asm volatile("rdtsc" : "=a"(lo) : : "rdx");
	return lo;
}

static inline u64 m_rdtsc(void)
{
	u32 lo, hi;

	asm volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (u64)hi << 32 | lo;
}

static inline u64 m_rdmsr(u32 msr)
{
	u32 lo, hi;

	asm volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return (u64)hi << 32 | lo;
}

static inline bool m_rdmsr_safe(u32 msr, u64 *value)
{
	u32 lo, hi, ok;

	asm volatile("movl $1, %2\n"
		     "1: rdmsr\n"
		     "jmp 3f\n"
		     "2: xorl %2, %2\n"
		     "3:\n" ROOT_EXTABLE("1b", "2b")
		     : "=a"(lo), "=d"(hi), "=&r"(ok)
		     : "c"(msr));
	*value = ok ? ((u64)hi << 32 | lo) : 0;
	return ok;
}

static inline bool m_wrmsr_safe(u32 msr, u64 value)
{
	u32 ok;

	asm volatile("movl $1, %0\n"
		     "1: wrmsr\n"
		     "jmp 3f\n"
		     "2: xorl %0, %0\n"
		     "3:\n" ROOT_EXTABLE("1b", "2b")
		     : "=&r"(ok)
		     : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32))
		     : "memory");
	return ok;
}

static inline bool m_debugctl_accepts(u64 value)
{
	u32 lo = value, hi = value >> 32, ok = 0;

	asm volatile("1: wrmsr\n"
		     "xorl %%eax, %%eax\n"
		     "xorl %%edx, %%edx\n"
		     "wrmsr\n"
		     "movl $1, %0\n"
		     "2:\n" ROOT_EXTABLE("1b", "2b")
		     : "+&r"(ok), "+a"(lo), "+d"(hi)
		     : "c"(MSR_IA32_DEBUGCTLMSR)
		     : "cc", "memory");
	return ok;
}

static inline bool m_xsetbv_safe(u32 index, u64 value)
{
	u32 ok;

	asm volatile("movl $1, %0\n"
		     "1: xsetbv\n"
		     "jmp 3f\n"
		     "2: xorl %0, %0\n"
		     "3:\n" ROOT_EXTABLE("1b", "2b")
		     : "=&r"(ok)
		     : "c"(index), "a"((u32)value), "d"((u32)(value >> 32))
		     : "memory");
	return ok;
}

/* RDPKRU wants CR4.PKE, which L1 has set and root has not. */
static inline u32 m_rdpkru(void)
{
	u64 cr4;
	u32 pkru, edx;

	asm volatile("mov %%cr4, %0" : "=r"(cr4));
	asm volatile("mov %0, %%cr4" : : "r"(cr4 | X86_CR4_PKE));
	asm volatile("rdpkru" : "=a"(pkru), "=d"(edx) : "c"(0));
	asm volatile("mov %0, %%cr4" : : "r"(cr4));
	return pkru;
}

static inline u64 m_read_breakpoint(unsigned int nr)
{
	u64 value;

	switch (nr) {
	case 0:
		asm volatile("mov %%dr0, %0" : "=r"(value));
		break;
	case 1:
		asm volatile("mov %%dr1, %0" : "=r"(value));
		break;
	case 2:
		asm volatile("mov %%dr2, %0" : "=r"(value));
		break;
	default:
		asm volatile("mov %%dr3, %0" : "=r"(value));
	}
	return value;
}

static inline void m_write_cr2(u64 value)
{
	asm volatile("mov %0, %%cr2" : : "r"(value));
}

/* Physical memory is mapped, so root reaches its own pages here. */
static inline void *m_va(u64 pa)
{
	return (void *)(ROOT_PHYS_BASE + pa);
}

/**
 * machine_block_hidden() - does a 2-MByte block belong to Nestor?
 * @block: physical address >> 21
 *
 * Return: true if so.
 */
static inline bool machine_block_hidden(u64 block)
{
	return block < machine_nr_hidden && (machine_hidden[block / 64] >> (block % 64) & 1);
}

/**
 * machine_gb_hidden() - does a block of a gigabyte belong to Nestor?
 * @gb: physical address >> 30
 *
 * Return: true if so.
 */
static inline bool machine_gb_hidden(u64 gb)
{
	u64 any = 0;
	unsigned int i;

	for (i = 0; gb * 512 < machine_nr_hidden && i < 8; i++)
		any |= machine_hidden[gb * 8 + i];
	return any;
}

/**
 * machine_look() - is an address memory that L1 may name?
 * @pa: physical address
 *
 * This is for what m_phys_ok() does not see at once.
 *
 * Return: true if so.
 */
bool machine_look(u64 pa);

/* Look again at what was found to be memory: the MTRRs have changed, or may have. */
void machine_forget(void);

/*
 * As machine_look(), but it keeps all registers, so that a caller that seldom asks can go on with
 * what it has in them.
 */
static inline bool machine_ask(u64 pa)
{
	asm volatile("push %0\n\t"
		     "call machine_look_quietly\n\t"
		     "pop %0"
		     : "+r"(pa)
		     :
		     : "cc");
	return pa;
}

/*
 * L1 may name memory that is not Nestor's own. Nearly all of it lies in blocks that root has looked
 * at before. An access never crosses a 4-KByte page, so its first byte decides.
 */
static inline bool m_phys_ok(u64 pa)
{
	u64 block = pa >> ROOT_BLOCK_SHIFT;

	if (likely(block < machine_nr_memory && (machine_memory[block / 64] >> (block % 64) & 1)))
		return true;
	return machine_ask(pa);
}

static inline bool m_phys_read(u64 pa, void *buf, unsigned int len)
{
	if (!m_phys_ok(pa)) {
		__builtin_memset(buf, 0xff, len);
		return false;
	}
	__builtin_memcpy(buf, m_va(pa), len);
	return true;
}

static inline bool m_phys_write(u64 pa, const void *buf, unsigned int len)
{
	if (!m_phys_ok(pa))
		return false;
	__builtin_memcpy(m_va(pa), buf, len);
	return true;
}

static inline bool m_phys_cmpxchg64(u64 pa, u64 old, u64 new)
{
	if (!m_phys_ok(pa))
		return true;
	return __atomic_compare_exchange_n((u64 *)m_va(pa), &old, new, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_SEQ_CST);
}

static inline bool m_phys_cmpxchg32(u64 pa, u32 old, u32 new)
{
	if (!m_phys_ok(pa))
		return true;
	return __atomic_compare_exchange_n((u32 *)m_va(pa), &old, new, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_SEQ_CST);
}

#endif
