/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory types of physical memory, as the MTRRs give them (SDM "Memory Type Range Registers
 * (MTRRs)").
 */
#ifndef ROOT_MTRR_H
#define ROOT_MTRR_H

#include "arch/types.h"

#define MTRR_MAX_VARIABLE 32
#define MTRR_FIXED_END	  0x100000

/* The range has no single type. */
#define MTRR_MIXED 0xff

/**
 * struct mtrrs - a copy of the MTRRs
 * @valid: the copy is current
 * @enabled, @fixed_enabled: IA32_MTRR_DEF_TYPE bits 11 and 10
 * @def_type: type of memory that no MTRR describes
 * @nr_variable: how many of @variable are valid
 * @variable: base, mask and type of the variable ranges that are in use
 * @fixed: a byte for each of the 88 fixed ranges, in ascending order
 */
struct mtrrs {
	bool valid;
	bool enabled;
	bool fixed_enabled;
	u8 def_type;
	u8 nr_variable;
	struct {
		u64 base;
		u64 mask;
		u8 type;
	} variable[MTRR_MAX_VARIABLE];
	u64 fixed[11];
};

/**
 * mtrr_read() - copy the MTRRs
 * @m: filled
 * @maxphyaddr: the processor's physical-address width
 */
void mtrr_read(struct mtrrs *m, u8 maxphyaddr);

/**
 * mtrr_type() - find the memory type of a naturally aligned range
 * @m: the MTRRs
 * @pa: address of its first byte
 * @size: 4 KiB, 2 MiB or 1 GiB
 *
 * Return: the type, or MTRR_MIXED.
 */
u8 mtrr_type(const struct mtrrs *m, u64 pa, u64 size);

/**
 * mtrr_is_memory() - tell memory from devices
 * @m: the MTRRs
 * @pa: address of the first byte of a naturally aligned range
 * @size: 4 KiB, 2 MiB or 1 GiB
 *
 * A device must not be cached, so its type is UC or WC. What is cached and not there reads as ones,
 * like any hole. MTRRs that are disabled, or by which all is UC, tell nothing: everything is memory
 * then.
 *
 * Return: true if all of it is memory; of a range with several types it is false.
 */
bool mtrr_is_memory(const struct mtrrs *m, u64 pa, u64 size);

#endif
