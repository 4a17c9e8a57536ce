/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many numbers there are of each kind that is counted: one more than the largest in the list.
 * This is apart from the enumerations because the Linux half has their names from its own headers.
 */
#ifndef NESTED_ARCH_COUNTS_H
#define NESTED_ARCH_COUNTS_H

/* A union is as large as the largest of its members. */
union counted_reasons {
#define EXIT_REASON(name, number, text)			char reason_##name[(number) + 1];
#include "arch/reasons.def"
#undef EXIT_REASON
};

union counted_errors {
#define VM_ERROR(name, number, text)			char error_##name[(number) + 1];
#include "arch/errors.def"
#undef VM_ERROR
};

union counted_checks {
#define ENTRY_CHECK(id, number, name, text, section)	char check_##id[(number) + 1];
#include "arch/checks.def"
#undef ENTRY_CHECK
};

enum {
	NR_EXIT_REASONS = sizeof(union counted_reasons),
	NR_VM_ERRORS = sizeof(union counted_errors),
	NR_ENTRY_CHECKS = sizeof(union counted_checks),
};

#endif
