/* SPDX-License-Identifier: GPL-2.0-only */
/* The VM-instruction error numbers. */
#ifndef NESTED_ARCH_ERRORS_H
#define NESTED_ARCH_ERRORS_H

#include "arch/counts.h"
#include "arch/types.h"

enum vm_error {
#define VM_ERROR(name, number, text)	VMXERR_##name = number,
#include "arch/errors.def"
#undef VM_ERROR
};

#endif
