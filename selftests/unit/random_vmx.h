/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What L1 and L2 do, made from a source of numbers: a pseudo-random one in the tests, the fuzzer's
 * input in the fuzzer. All of it is done on Nestor and on the bare processor.
 */
#ifndef RANDOM_VMX_H
#define RANDOM_VMX_H

#include "duo.h"

/**
 * random_vmx_begin() - a machine in VMX operation with a VMCS that can be entered
 * @model: its processor
 * @next: the source of numbers
 */
void random_vmx_begin(enum processor_model model, u64 (*next)(void));

/* One instruction of L1, or one event of L2. */
void random_vmx_step(void);

/* Whatever runs, L1 goes back to the bare machine; nothing may be left. */
void random_vmx_end(void);

/**
 * random_break() - change some fields of the current VMCS, so that its entry may fail
 * @fields: how many
 */
void random_break(unsigned int fields);

/* Fill fields of the current VMCS with anything, Nestor's own addresses too, and enter it. */
void random_contents(unsigned int fields);

/* VMLAUNCH or VMRESUME of a VMCS, whichever its launch state asks for. */
struct result random_enter(void);

#endif
