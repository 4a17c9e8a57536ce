/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The descriptor tables of the engine.
 */
#ifndef ENGINE_TABLES_H
#define ENGINE_TABLES_H

#include "types.h"

extern u64 gdt[];
extern struct { u64 low, high; } idt[256];

/* Load them, with the TSS and segments that belong to them. */
void tables_load(void);

/* What SGDT and SIDT store */
struct table_register { u16 limit; u64 base; } __attribute__((packed));

#endif
