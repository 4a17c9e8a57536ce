/* SPDX-License-Identifier: GPL-2.0-only */
/* Root's memory. */
#ifndef NESTOR_MEMORY_H
#define NESTOR_MEMORY_H

#include <linux/types.h>

/**
 * memory_init() - allocate and lay out everything root needs
 * @mib: MiB for each CPU
 *
 * Return: 0 or -ENOMEM.
 */
int memory_init(unsigned int mib);

/* Free it all; no CPU runs under Nestor any more. */
void memory_exit(void);

/* How many bytes Nestor holds for each CPU, and in all. */
u64 memory_per_cpu(void);
u64 memory_total(void);

#endif
