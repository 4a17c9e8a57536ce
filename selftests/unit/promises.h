/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What must hold whenever L1 or L2 runs; the program ends if it does not.
 */
#ifndef PROMISES_H
#define PROMISES_H

/* Root's promises that hold whenever L1 or L2 runs. */
void check_promises(void);

/* Root begins; its counters are zero. */
void promises_begin(void);

/*
 * No counter goes back, which programs take for a machine that has started again. Another CPU may
 * look at any time, so this is also asked for right before a VM entry.
 */
void check_counters(void);

/* Every page that EPT02 maps is L1's; every table is Nestor's, once. Returns leaves found. */
unsigned int check_ept02(void);

#endif
