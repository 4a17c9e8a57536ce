/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine, as nested/ reaches it: physical memory, the processor's instructions.
 *
 * "machine.h" is found on the include path: module/root has the one that touches
 * the machine, selftests/unit one over arrays. It defines the functions below as
 * static inline, so that a page walk makes no calls; the declarations here make
 * the compiler check it.
 *
 * Addresses that are not memory (a hole, a device, a frame of Nestor's own) are
 * no error of the caller's: the caller treats them as the bus does, where
 * reads give all ones and writes vanish.
 */
#ifndef NESTED_MACHINE_CONTRACT_H
#define NESTED_MACHINE_CONTRACT_H

#include "arch/types.h"

/**
 * m_phys_read() - read physical memory
 * @pa: physical address
 * @buf: receives the bytes
 * @len: how many; the range never crosses a 4-KByte boundary
 *
 * A naturally aligned read of 4 or 8 bytes is one access.
 *
 * Return: false if it is not memory; all bytes of @buf are ones then.
 */
static inline bool m_phys_read(u64 pa, void *buf, unsigned int len);

/**
 * m_phys_write() - write physical memory
 * @pa: physical address
 * @buf: the bytes
 * @len: how many; the range never crosses a 4-KByte boundary
 *
 * A naturally aligned write of 4 or 8 bytes is one access.
 *
 * Return: false if it is not memory; nothing was written then.
 */
static inline bool m_phys_write(u64 pa, const void *buf, unsigned int len);

/**
 * m_phys_cmpxchg32() - locked compare-exchange of 4 bytes, naturally aligned
 * @pa: physical address
 * @old: what must be there
 * @new: what is to be there
 *
 * Return: false if @old was not there. Where there is no memory: true, and
 * nothing was written.
 */
static inline bool m_phys_cmpxchg32(u64 pa, u32 old, u32 new);

/**
 * m_phys_cmpxchg64() - locked compare-exchange of 8 bytes, naturally aligned
 * @pa: physical address
 * @old: what must be there
 * @new: what is to be there
 *
 * Return: as m_phys_cmpxchg32().
 */
static inline bool m_phys_cmpxchg64(u64 pa, u64 old, u64 new);

/*
 * Nestor's own memory: where it is mapped, and whether a block of 2 MiB, or any block of a gigabyte,
 * is a part of it. Such blocks are no memory to the functions above.
 */
static inline void *m_va(u64 pa);
static inline bool machine_block_hidden(u64 block);
static inline bool machine_gb_hidden(u64 gb);

/*
 * VMX instructions on VMCSs of Nestor's own. They do not fail: fields exist on the processor,
 * regions have its revision identifier, and read-only fields are written only where IA32_VMX_MISC
 * bit 29 is 1. m_vmptrld_at() takes the address from memory, m_vmread_to() reads to memory: where there
 * is no need of a register the compiler would take one.
 */
static inline u64 m_vmread(u64 field);
static inline void m_vmread_to(u64 field, u64 *to);
static inline void m_vmwrite(u64 field, u64 value);
static inline void m_vmptrld(u64 pa);
static inline void m_vmptrld_at(const u64 *pa);
static inline void m_vmclear(u64 pa);

/*
 * The caller counts on @pa being the current VMCS. Nothing where root runs; the machine of the unit
 * tests aborts where it is not so.
 */
static inline void m_expect_current(u64 pa);

static inline void m_invept(u64 type, u64 eptp);

/* Return: false where the processor says VMfail. */
static inline bool m_invvpid(u64 type, u16 vpid, u64 linear);

/* MSRs that L1 chose. Return: false where the instruction raises #GP; @value is 0 then. */
static inline bool m_rdmsr_safe(u32 msr, u64 *value);
static inline bool m_wrmsr_safe(u32 msr, u64 value);

/* L1's PKRU, its CR2, and the time-stamp counter. */
static inline u32 m_rdpkru(void);
static inline void m_write_cr2(u64 value);
static inline u64 m_rdtsc(void);

struct nested;

/* Implemented by module/root: memory type of a physical range as EPT01 has it, 0xff if not uniform.
 */
u8 machine_memory_type(struct nested *n, u64 pa, u64 size);

/* Implemented by module/root: RDMSR and WRMSR as L1 executes them, for its MSR lists. Return: false
 * where they raise #GP. */
bool machine_rdmsr(struct nested *n, u32 msr, u64 *value);
bool machine_wrmsr(struct nested *n, u32 msr, u64 value);

/**
 * machine_init() - what INIT resets and no VMCS holds: CR2 and debug registers
 *
 * Implemented by module/root.
 *
 * Return: the processor's signature, which INIT leaves in EDX.
 */
u32 machine_init(void);

#include "machine.h"

#endif
