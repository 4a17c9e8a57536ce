/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of root that stands between L1 and L2 and nested/: what comes after nested/ has answered an
 * exit, up to and with the VM entry.
 */
#ifndef ROOT_H
#define ROOT_H

#include "nested.h"

extern struct nested nested;
extern struct root_shared shared;
extern u64 gpr[NR_GPRS];

/* Nothing of a machine before is left. */
void root_begin(void);

/* Does what dispatch_exit() of root ends with, and what follows it. Returns true if L1 got an exit. */
bool root_resume(void);

/* An NMI or a machine check meets root: now, or in the last steps before the next VM entry. */
void l1_note_nmi(void);
void l1_note_mc(void);
void l1_note_in_window(bool nmi, bool mc);

/* The processor refuses the next VM entry of L2 with an exit of this reason, or fails it. */
void l2_refuse(u32 reason, u64 qualification);

#endif
