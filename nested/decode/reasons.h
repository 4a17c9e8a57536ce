/* SPDX-License-Identifier: GPL-2.0-only */
/* The basic exit reasons by name and in words. This is not linked into the root image. */
#ifndef NESTED_DECODE_REASONS_H
#define NESTED_DECODE_REASONS_H

#include "arch/types.h"

/**
 * reason_name() - the name of a basic exit reason ("EPT_VIOLATION")
 * @reason: an exit-reason field; only its low 16 bits count
 *
 * Return: the name, or NULL for a number that the SDM does not define.
 */
const char *reason_name(u32 reason);

/**
 * reason_text() - a basic exit reason in words ("EPT violation")
 * @reason: an exit-reason field; only its low 16 bits count
 *
 * Return: the words, or NULL for a number that the SDM does not define.
 */
const char *reason_text(u32 reason);

#endif
