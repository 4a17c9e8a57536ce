/* SPDX-License-Identifier: GPL-2.0-only */
/* The VM-instruction errors in words. This is not linked into the root image. */
#ifndef NESTED_DECODE_ERRORS_H
#define NESTED_DECODE_ERRORS_H

#include "arch/types.h"

/**
 * error_text() - a VM-instruction error in words
 * @error: the number in the VM-instruction error field
 *
 * Return: the words, or NULL for a number that the SDM does not define.
 */
const char *error_text(u32 error);

#endif
