/* SPDX-License-Identifier: GPL-2.0-only */
/* The VM-instruction error numbers, by name and in words. */
#ifndef NESTED_ERRORS_H
#define NESTED_ERRORS_H

#include "types.h"

enum vm_error {
#define VM_ERROR(name, number, text)	VMXERR_##name = number,
#include "errors.def"
#undef VM_ERROR
};

/* Room for a counter per error number */
#define NR_VM_ERRORS	29

/**
 * vm_error_text() - a VM-instruction error in words
 * @error: the number in the VM-instruction error field
 *
 * Return: NULL for a number that the SDM does not define.
 */
const char *vm_error_text(u32 error);

#endif /* NESTED_ERRORS_H */
