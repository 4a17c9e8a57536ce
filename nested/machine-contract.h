/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Physical memory, as nested/ reaches it.
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

#include "types.h"

/**
 * m_phys_read() - read physical memory
 * @pa: physical address
 * @buf: receives the bytes
 * @len: how many; the range never crosses a 4-KByte boundary
 *
 * A naturally aligned read of 4 or 8 bytes is one access.
 *
 * Return: false if it is not memory; @buf may then hold anything.
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

#include "machine.h"

#endif /* NESTED_MACHINE_CONTRACT_H */
