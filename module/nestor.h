/* SPDX-License-Identifier: GPL-2.0-only */
/* The Linux half's own interfaces, one paragraph a file. */
#ifndef NESTOR_H
#define NESTOR_H

#include <linux/types.h>
#include "machine/shared.h"

#define NESTOR_VERSION "0.1.0"

struct netlink_ext_ack;

/* main.c: taking over and giving back the machine */

/**
 * nestor_enable() - take over every online CPU, all or none
 * @why: set to one sentence that says what is wrong and what to do, when it fails; may be NULL
 *
 * Return: 0, or -EALREADY, -EBUSY, -ENODEV, -EOPNOTSUPP, -ENOMEM.
 */
int nestor_enable(const char **why);

/**
 * nestor_disable() - give every CPU back, all or none
 * @why: as for nestor_enable()
 *
 * Return: 0, -EALREADY when Nestor is not in, -EBUSY while L1 is in VMX operation on some CPU.
 */
int nestor_disable(const char **why);

bool nestor_enabled(void);

/* May L1 use VMX, or was the module told to hide it? */
bool nestor_nested(void);

/* The bits of each capability MSR that the user wants hidden from L1: NR_CAPABILITIES words. */
const u64 *nestor_mask(void);

/**
 * nestor_shared() - what root mode tells of one CPU
 * @cpu: Linux's CPU number
 *
 * The block exists from load to unload, also while Nestor is disabled (counters go on over
 * enable/disable).
 *
 * Return: the block, or NULL for a CPU that Nestor has no memory for.
 */
const struct root_shared *nestor_shared(unsigned int cpu);

/* Bytes of memory that Nestor holds for each CPU, and in all. */
u64 nestor_memory_per_cpu(void);
u64 nestor_memory_total(void);

/* netlink.c: the generic-netlink family */
int nestor_netlink_init(void);
void nestor_netlink_exit(void);

#endif
