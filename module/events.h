/* SPDX-License-Identifier: GPL-2.0-only */
/* The events of root mode, for user space. */
#ifndef NESTOR_EVENTS_H
#define NESTOR_EVENTS_H

struct genl_family;

/**
 * events_init() - begin to look for events
 * @to: the registered family whose multicast group they go to
 *
 * Return: 0 or -ENOMEM.
 */
int events_init(const struct genl_family *to);

/* Stop to look for events: none is sent afterwards. */
void events_exit(void);

#endif
