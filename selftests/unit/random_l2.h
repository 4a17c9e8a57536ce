/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What L2 does, made from a source of numbers (source.h), on Nestor and on the bare processor.
 */
#ifndef RANDOM_L2_H
#define RANDOM_L2_H

/* EPT12 with a bit of everything */
void random_l2_fill_ept12(void);

/* An exit, an access to memory, or a change of a register */
void random_l2_step(void);

/* An exit that L1 gets */
void random_l2_exit(void);

#endif
