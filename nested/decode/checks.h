/* SPDX-License-Identifier: GPL-2.0-only */
/* The checks of a VM entry by name and in words. This is not linked into the root image. */
#ifndef NESTED_DECODE_CHECKS_H
#define NESTED_DECODE_CHECKS_H

#include "arch/types.h"

/**
 * check_name() - the name of a check ("host-cr3")
 * @check: its number
 *
 * Return: the name, or NULL for a number that no check has.
 */
const char *check_name(u32 check);

/**
 * check_text() - what is wrong when a check fails
 * @check: its number
 *
 * Return: a sentence, or NULL for a number that no check has.
 */
const char *check_text(u32 check);

/**
 * check_section() - the section of the SDM that a check is from
 * @check: its number
 *
 * Return: the section's title, or NULL for a number that no check has.
 */
const char *check_section(u32 check);

#endif
