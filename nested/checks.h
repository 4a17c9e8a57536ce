/* SPDX-License-Identifier: GPL-2.0-only */
/* What a VM entry can be refused for, by number, by name and in words. */
#ifndef NESTED_CHECKS_H
#define NESTED_CHECKS_H

#include "types.h"

enum entry_check {
	CHECK_PASSED,
#define ENTRY_CHECK(id, number, name, text, section)	CHECK_##id = number,
#include "checks.def"
#undef ENTRY_CHECK
};

/* Room for a counter per check */
#define NR_ENTRY_CHECKS	138

/**
 * entry_check_name() - the name of a check ("host-cr3")
 * @check: its number
 *
 * Return: NULL for a number that no check has.
 */
const char *entry_check_name(u32 check);

/**
 * entry_check_text() - a sentence that says what is wrong
 * @check: its number
 *
 * Return: NULL for a number that no check has.
 */
const char *entry_check_text(u32 check);

/**
 * entry_check_section() - where the SDM says so
 * @check: its number
 *
 * Return: the title of the section, NULL for a number that no check has.
 */
const char *entry_check_section(u32 check);

#endif /* NESTED_CHECKS_H */
