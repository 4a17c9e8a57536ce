/* SPDX-License-Identifier: GPL-2.0-only */
/* Taking the machine over and giving it back. */
#ifndef NESTOR_TAKEOVER_H
#define NESTOR_TAKEOVER_H

#include <linux/types.h>

/**
 * takeover_enable() - take over every online CPU, all or none
 * @why: set to one sentence that says what is wrong and what to do, when it fails; may be NULL
 *
 * Return: 0, or -EALREADY, -EBUSY, -ENODEV, -EOPNOTSUPP, -ENOMEM, or -EIO.
 */
int takeover_enable(const char **why);

/**
 * takeover_disable() - give every CPU back, all or none
 * @why: as for takeover_enable()
 *
 * Return: 0, -EALREADY when Nestor is not in, -EBUSY while L1 is in VMX operation on some CPU.
 */
int takeover_disable(const char **why);

/* Is Nestor in? */
bool takeover_enabled(void);

/* If Nestor is enabled, take this CPU over again, which was landed for a suspend. */
void takeover_relaunch(void);

/**
 * takeover_init() - follow CPUs that come and go, and the machine's reboot
 *
 * Return: 0, or what registering gave.
 */
int takeover_init(void);

/* Follow them no more; Nestor is disabled by then. */
void takeover_exit(void);

#endif
