/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The few types and macros that nested/ is written in.
 *
 * The same source is compiled three ways: freestanding into the root image, in user space under
 * sanitizers, and (headers only) inside a Linux module. No header of the C library is needed here.
 */
#ifndef NESTED_ARCH_TYPES_H
#define NESTED_ARCH_TYPES_H

#ifdef __KERNEL__

#include <linux/types.h>
#include <linux/bits.h>

#else

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed char s8;
typedef short s16;
typedef int s32;
typedef long long s64;

typedef __SIZE_TYPE__ size_t;
typedef __UINTPTR_TYPE__ uintptr_t;

#ifndef __cplusplus
#define bool	_Bool
#define true	1
#define false	0
#endif

#ifndef NULL
#define NULL	((void *)0)
#endif

#define BIT(n)			(1UL << (n))
#define BIT_ULL(n)		(1ULL << (n))
#define GENMASK_ULL(high, low)	((~0ULL << (low)) & (~0ULL >> (63 - (high))))

#endif

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#endif

#ifndef offsetof
#define offsetof(type, member)	__builtin_offsetof(type, member)
#endif

#ifndef likely
#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)
#endif

/*
 * For a function that is written once with constants as arguments and must become code for each
 * of them.
 */
#define ALWAYS_INLINE static inline __attribute__((always_inline))

/*
 * For a function that is seldom called. Out of its caller it costs the usual way neither registers
 * nor stack.
 */
#define NOINLINE __attribute__((noinline))

/* The smaller of two numbers. This is no min(), because that name is a macro of Linux. */
static inline u64 min_u64(u64 a, u64 b)
{
	return a < b ? a : b;
}

/* The larger of two numbers. */
static inline u64 max_u64(u64 a, u64 b)
{
	return a > b ? a : b;
}

#endif
