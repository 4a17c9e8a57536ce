/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Descriptors that cannot be written down before the engine is linked.
 */
#ifndef ENGINE_DESCRIPTORS_H
#define ENGINE_DESCRIPTORS_H

#include "types.h"

/* Gates, TSS and 16-bit code segment. It runs on the kernel's own tables, so nothing in it may fault. */
void descriptors_make(void);

/* The linear address of the TSS */
u64 descriptors_tss(void);

#endif
