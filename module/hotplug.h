/* SPDX-License-Identifier: GPL-2.0-only */
/* CPUs that come and go. */
#ifndef NESTOR_HOTPLUG_H
#define NESTOR_HOTPLUG_H

/**
 * hotplug_init() - from here on CPUs join Nestor when they come online, and leave it when they go
 *
 * Return: 0, or what registering gave.
 */
int hotplug_init(void);

/* Follow them no more; Nestor is out by then. */
void hotplug_exit(void);

#endif
