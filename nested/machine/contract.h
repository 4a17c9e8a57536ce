/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine, as nested/ reaches it: physical memory and the processor's instructions.
 *
 * "machine.h" is found on the include path: module/root has the one that touches the machine,
 * selftests/unit one over arrays. It defines the functions below as static inline, so that a page
 * walk makes no calls; the declarations here make the compiler check it.
 *
 * An address that is not memory (a hole, a device, a frame of Nestor's own) is no error of the
 * caller's. The caller treats it as the bus does, where reads give all ones and writes vanish.
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
 * Return: false if @old was not there. Where there is no memory it is true, and nothing
 * was written.
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

/**
 * m_va() - where root has mapped a page of Nestor's own memory
 * @pa: physical address, any in the page
 *
 * Return: the address at which root reads and writes it.
 */
static inline void *m_va(u64 pa);

/**
 * machine_block_hidden() - is a block of 2 MiB a part of Nestor's own memory?
 * @block: its physical address divided by 2 MiB
 *
 * To m_phys_read() and the functions after it such a block is not memory.
 *
 * Return: true if it is.
 */
static inline bool machine_block_hidden(u64 block);

/**
 * machine_gb_hidden() - is any block of a gigabyte a part of Nestor's own memory?
 * @gb: its physical address divided by 1 GiB
 *
 * Return: true if one is.
 */
static inline bool machine_gb_hidden(u64 gb);

/*
 * VMX instructions on VMCSs of Nestor's own. They do not fail: the fields exist on the processor,
 * the regions have its revision identifier, and read-only fields are written only where
 * IA32_VMX_MISC bit 29 is 1.
 */

/**
 * m_vmread() - read a field of the current VMCS
 * @field: its encoding
 *
 * Return: the value.
 */
static inline u64 m_vmread(u64 field);

/**
 * m_vmread_to() - read a field of the current VMCS into memory
 * @field: its encoding
 * @to: receives the value
 *
 * This is m_vmread() for where the value is not needed in a register, which the compiler
 * would take.
 */
static inline void m_vmread_to(u64 field, u64 *to);

/**
 * m_vmwrite() - write a field of the current VMCS
 * @field: its encoding
 * @value: the value
 */
static inline void m_vmwrite(u64 field, u64 value);

/**
 * m_vmptrld() - make a VMCS current
 * @pa: physical address of its region
 */
static inline void m_vmptrld(u64 pa);

/**
 * m_vmptrld_at() - make a VMCS current whose address is in memory
 * @pa: where the physical address of its region is
 *
 * This is m_vmptrld() for where the address is not needed in a register.
 */
static inline void m_vmptrld_at(const u64 *pa);

/**
 * m_vmclear() - clear a VMCS: it is not active, and not current, any more
 * @pa: physical address of its region
 */
static inline void m_vmclear(u64 pa);

/**
 * m_expect_current() - the caller counts on a VMCS being current
 * @pa: physical address of its region
 *
 * Where root runs this does nothing. The machine of the unit tests aborts if another VMCS
 * is current.
 */
static inline void m_expect_current(u64 pa);

/**
 * m_invept() - INVEPT, which does not fail
 * @type: VMX_EPT_EXTENT_*
 * @eptp: EPT pointer
 */
static inline void m_invept(u64 type, u64 eptp);

/**
 * m_invvpid() - INVVPID
 * @type: VMX_VPID_EXTENT_*
 * @vpid: VPID
 * @linear: linear address
 *
 * Return: false where the processor says VMfail.
 */
static inline bool m_invvpid(u64 type, u16 vpid, u64 linear);

/**
 * m_rdmsr_safe() - read an MSR that L1 chose
 * @msr: its number
 * @value: receives its value, or 0
 *
 * Return: false where RDMSR raises #GP.
 */
static inline bool m_rdmsr_safe(u32 msr, u64 *value);

/**
 * m_wrmsr_safe() - write a value that L1 chose to an MSR
 * @msr: its number
 * @value: the value
 *
 * Return: false where WRMSR raises #GP.
 */
static inline bool m_wrmsr_safe(u32 msr, u64 value);

/**
 * m_debugctl_accepts() - would IA32_DEBUGCTL accept a value that L1 chose?
 * @value: the value, without BTS or without TR
 *
 * IA32_DEBUGCTL is 0 in root, because VM exits clear it, and so it is afterwards. Not one branch is
 * taken while it has the value.
 *
 * Return: false where WRMSR raises #GP.
 */
static inline bool m_debugctl_accepts(u64 value);

/* Read L1's PKRU. */
static inline u32 m_rdpkru(void);

/* Read one of DR0 to DR3, which are L1's. */
static inline u64 m_read_breakpoint(unsigned int nr);

/* Write L1's CR2. */
static inline void m_write_cr2(u64 value);

/* Read the time-stamp counter. */
static inline u64 m_rdtsc(void);

struct nested;

/**
 * machine_memory_type() - the memory type of a physical range, as EPT01 has it
 * @n: L1's VMX
 * @pa: physical address at which the range begins
 * @size: its length in bytes
 *
 * Implemented by module/root.
 *
 * Return: MEM_TYPE_*, or 0xff if the range has more than one.
 */
u8 machine_memory_type(struct nested *n, u64 pa, u64 size);

/**
 * machine_rdmsr() - RDMSR as L1 executes it, for its MSR lists
 * @n: L1's VMX
 * @msr: number of the MSR
 * @value: receives its value
 *
 * Implemented by module/root.
 *
 * Return: false where RDMSR raises #GP.
 */
bool machine_rdmsr(struct nested *n, u32 msr, u64 *value);

/**
 * machine_wrmsr() - WRMSR as L1 executes it, for its MSR lists
 * @n: L1's VMX
 * @msr: number of the MSR
 * @value: the value
 *
 * Implemented by module/root.
 *
 * Return: false where WRMSR raises #GP.
 */
bool machine_wrmsr(struct nested *n, u32 msr, u64 value);

/**
 * machine_init() - reset what INIT resets and no VMCS holds: CR2 and the debug registers
 *
 * Implemented by module/root.
 *
 * Return: the processor's signature, which INIT leaves in EDX.
 */
u32 machine_init(void);

#include "machine.h"

#endif
