/* SPDX-License-Identifier: GPL-2.0-only */
/* The Linux half's own interfaces, one paragraph a file. */
#ifndef NESTOR_H
#define NESTOR_H

#include <linux/types.h>
#include "machine/shared.h"

#define NESTOR_VERSION "0.1.0"

/* netlink.c: the generic-netlink family */
int netlink_init(void);
void netlink_exit(void);

#endif
