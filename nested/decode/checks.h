/* SPDX-License-Identifier: GPL-2.0-only */
/* The checks of a VM entry, by name and in words. Not linked into the root image. */
#ifndef NESTED_DECODE_CHECKS_H
#define NESTED_DECODE_CHECKS_H

#include "arch/types.h"

/**
 * check_name() - the name of a check ("host-cr3")
 * @check: its number
 *
 * Return: NULL for a number that no check has.
 */
const char *check_name(u32 check);

/**
 * check_text() - a sentence that says what is wrong
 * @check: its number
 *
 * Return: NULL for a number that no check has.
 */
const char *check_text(u32 check);

/**
 * check_section() - where the SDM says so
 * @check: its number
 *
 * Return: the title of the section, NULL for a number that no check has.
 */
const char *check_section(u32 check);

#endif
