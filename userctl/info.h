/* SPDX-License-Identifier: GPL-2.0-only */
/* The module as a whole. */
#ifndef INFO_H
#define INFO_H

#include "family.h"

/**
 * struct info - what the module says of itself
 * @version: its release
 * @enabled: Linux runs under Nestor
 * @nr_cpus: how many CPUs it has memory for
 * @memory_per_cpu: bytes that it holds for each CPU
 * @memory_total: bytes that it holds in all
 */
struct info {
	char version[32];
	bool enabled;
	uint32_t nr_cpus;
	uint64_t memory_per_cpu;
	uint64_t memory_total;
};

/* Ask the module about itself. Return: 0, or CTL_FAILED when the user was told why not. */
int info_read(struct family *family, struct info *info);

#endif
