// SPDX-License-Identifier: GPL-2.0-only
/* The VM-instruction errors in words. This is not linked into the root image. */
#include "arch/errors.h"
#include "decode/errors.h"

static const char *const vm_errors[] = {
#define VM_ERROR(name, number, text)	[number] = text,
#include "arch/errors.def"
#undef VM_ERROR
};

_Static_assert(ARRAY_SIZE(vm_errors) == NR_VM_ERRORS, "a counter per error number");

const char *error_text(u32 error)
{
	return error < ARRAY_SIZE(vm_errors) ? vm_errors[error] : NULL;
}
