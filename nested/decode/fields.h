/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of VMCS fields, for people. This is not linked into the root image. */
#ifndef NESTED_DECODE_FIELDS_H
#define NESTED_DECODE_FIELDS_H

#include "arch/fields.h"

/**
 * field_name() - the source's name of a field ("GUEST_RIP")
 * @index: the field
 *
 * Return: the name, or NULL if there is no such field.
 */
const char *field_name(enum field_index index);

/**
 * field_text() - the SDM's name of a field ("Guest RIP")
 * @index: the field
 *
 * Return: the name, or NULL if there is no such field.
 */
const char *field_text(enum field_index index);

#endif
