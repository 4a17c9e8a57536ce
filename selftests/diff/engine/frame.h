/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Code that is tried out: what it begins with, how it ended.
 */
#ifndef ENGINE_FRAME_H
#define ENGINE_FRAME_H

#include "tables.h"
#include "types.h"

#define NR_REGS		16
#define RSP		4

/* What it begins with, and what was found at the end. "kind" is enum lhv_outcome. */
extern u64 regs[NR_REGS];
extern u64 frame_ss, frame_rsp, frame_rflags, frame_cs, frame_rip, frame_kind, frame_vector;
extern u64 frame_error, frame_cr2;
extern u16 frame_ds, frame_es, frame_fs;
extern u8 frame_load_fs;

/* These are found at the end only. */
extern u16 found_cs, found_ss, found_ds, found_es, found_fs, found_gs, found_ldtr, found_tr;
extern struct table_register found_gdtr, found_idtr;

/* What has come in between, since somebody has set them to 0 */
extern u64 nmis, interrupts, last_interrupt;

/* Set while such code runs: faults are its own then. */
extern u8 running;
extern u64 own_fault_rip;

extern u8 frame_vectors[], frame_host[], frame_host_other[];
extern u8 land_stack_end[], fault_stack_end[], nmi_stack_end[];

/* Runs it. */
void frame_enter(void);

#endif
