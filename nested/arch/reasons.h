/* SPDX-License-Identifier: GPL-2.0-only */
/* The basic exit reasons. */
#ifndef NESTED_ARCH_REASONS_H
#define NESTED_ARCH_REASONS_H

#include "arch/types.h"

enum exit_reason {
#define EXIT_REASON(name, number, text)	EXIT_REASON_##name = number,
#include "arch/reasons.def"
#undef EXIT_REASON
};

/* Room for a counter per basic exit reason, those of later processors included */
#define NR_EXIT_REASONS	96

#endif
