/* SPDX-License-Identifier: GPL-2.0-only */
/* The generic-netlink family. */
#ifndef NESTOR_NETLINK_H
#define NESTOR_NETLINK_H

/**
 * netlink_init() - let user space in
 *
 * Return: 0, -ENOMEM, or what registering the family gave.
 */
int netlink_init(void);

/* Keep user space out: no request is being answered afterwards. */
void netlink_exit(void);

#endif
