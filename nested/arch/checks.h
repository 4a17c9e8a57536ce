/* SPDX-License-Identifier: GPL-2.0-only */
/* The numbers of the checks that a VM entry can be refused for. */
#ifndef NESTED_ARCH_CHECKS_H
#define NESTED_ARCH_CHECKS_H

#include "arch/counts.h"
#include "arch/types.h"

enum entry_check {
	CHECK_PASSED,
#define ENTRY_CHECK(id, number, name, text, section)	CHECK_##id = number,
#include "arch/checks.def"
#undef ENTRY_CHECK
};

#endif
