/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMCS01: what L1 and root begin with, and what L1 is.
 */
#ifndef VMCS01_H
#define VMCS01_H

#include "processor.h"
#include "ram.h"
#include "arch/caps.h"
#include "arch/fields.h"
#include "arch/types.h"

#define VMCS01		RAM_HIDDEN
#define MSR_BITMAP_01	(RAM_HIDDEN + 0x1000)
#define EPT01		(0x0ull | 0x1e)

/* Controls, root's host state and L1 in 64-bit mode */
void vmcs01_fill(const struct vmx_caps *caps);

/* Is root's host state in the current VMCS too? NR_FIELDS, or the field that differs. */
enum field_index vmcs01_host_differs(bool probing);

enum l1_mode { L1_LONG, L1_COMPAT, L1_PROTECTED, L1_REAL, L1_V8086 };

void l1_set_mode(enum l1_mode mode);

/* VMCS01, to look at L1's state and to change it. */
u64 l1_state(enum field_index field);
void l1_set_state(enum field_index field, u64 value);

/* The VMCS that would be entered next has this in a field. */
u64 hw_state(enum field_index field);

#endif
