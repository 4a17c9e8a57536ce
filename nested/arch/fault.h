/* SPDX-License-Identifier: GPL-2.0-only */
/* A fault that an emulated instruction raises in L1. */
#ifndef NESTED_ARCH_FAULT_H
#define NESTED_ARCH_FAULT_H

#include "arch/types.h"
#include "arch/x86.h"

/**
 * struct fault - an exception to deliver
 * @vector: the exception's vector
 * @has_error: the exception pushes an error code
 * @error: the error code
 * @cr2: the linear address, for #PF only
 */
struct fault {
	u8 vector;
	bool has_error;
	u32 error;
	u64 cr2;
};

/* Describe an exception without an error code. */
static inline void fault_set(struct fault *fault, u8 vector)
{
	*fault = (struct fault){ .vector = vector };
}

/* Describe an exception with an error code. */
static inline void fault_set_error(struct fault *fault, u8 vector, u32 error)
{
	*fault = (struct fault){ .vector = vector, .has_error = true, .error = error };
}

/* Describe a page fault at a linear address. */
static inline void fault_set_page(struct fault *fault, u32 error, u64 linear)
{
	*fault = (struct fault){
		.vector = PF_VECTOR, .has_error = true, .error = error, .cr2 = linear,
	};
}

#endif
