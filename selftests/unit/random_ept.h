/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * EPT12 tables, accesses of L2 and changes by L1 made from a source of numbers, done on Nestor and
 * on the bare processor.
 */
#ifndef RANDOM_EPT_H
#define RANDOM_EPT_H

#include "model_ept.h"

/**
 * random_ept_begin() - L2 runs on tables that mostly point to each other
 * @model: its processor
 * @next: the source of numbers
 */
void random_ept_begin(enum processor_model model, u64 (*next)(void));

/* An access, a change with INVEPT, another EPT pointer. */
void random_ept_step(void);

/* VMXOFF; nothing may be left. */
void random_ept_end(void);

#endif
