/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of VMCS fields, for people. Not linked into the root image. */
#ifndef NESTED_DECODE_FIELDS_H
#define NESTED_DECODE_FIELDS_H

#include "arch/fields.h"

/**
 * field_name() - the name by which the source knows a field ("GUEST_RIP")
 * @index: the field
 */
const char *field_name(enum field_index index);

/**
 * field_text() - the name by which the SDM knows a field ("Guest RIP")
 * @index: the field
 */
const char *field_text(enum field_index index);

#endif
