/* SPDX-License-Identifier: GPL-2.0-only */
/* The basic exit reasons. */
#ifndef NESTED_ARCH_REASONS_H
#define NESTED_ARCH_REASONS_H

#include "arch/counts.h"
#include "arch/types.h"

enum exit_reason {
#define EXIT_REASON(name, number, text)	EXIT_REASON_##name = number,
#include "arch/reasons.def"
#undef EXIT_REASON
};

#endif
