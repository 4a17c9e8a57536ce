/* SPDX-License-Identifier: GPL-2.0-only */
/* The basic exit reasons, by name and in words. */
#ifndef NESTED_REASONS_H
#define NESTED_REASONS_H

#include "types.h"

enum exit_reason {
#define EXIT_REASON(name, number, text)	EXIT_REASON_##name = number,
#include "reasons.def"
#undef EXIT_REASON
};

/* Room for a counter per basic exit reason, those of later processors included */
#define NR_EXIT_REASONS	96

/**
 * exit_reason_name() - the name of a basic exit reason ("EPT_VIOLATION")
 * @reason: an exit-reason field; only its low 16 bits count
 *
 * Return: NULL for a number that the SDM does not define.
 */
const char *exit_reason_name(u32 reason);

/**
 * exit_reason_text() - a basic exit reason in words ("EPT violation")
 * @reason: an exit-reason field; only its low 16 bits count
 *
 * Return: NULL for a number that the SDM does not define.
 */
const char *exit_reason_text(u32 reason);

#endif /* NESTED_REASONS_H */
