/* SPDX-License-Identifier: GPL-2.0-only */
/* Taking the machine over and giving it back. */
#ifndef NESTOR_TAKEOVER_H
#define NESTOR_TAKEOVER_H

#include <linux/types.h>

/**
 * takeover_enable() - take over every online CPU, all or none
 * @why: set to one sentence that says what is wrong and what to do, when it fails; may be NULL
 *
 * Return: 0, or -EALREADY, -EAGAIN, -EBUSY, -ENODEV, -EOPNOTSUPP, -ENOMEM, -ESHUTDOWN, or -EIO.
 */
int takeover_enable(const char **why);

/**
 * takeover_disable() - give every CPU back, all or none
 * @why: as for takeover_enable()
 *
 * An L1 that is in VMX operation gets it back, if none of its VMCSs can be active.
 *
 * Return: 0, -EALREADY when Nestor is not in, -EBUSY while a hypervisor above is in use, -EAGAIN
 * or -ENOMEM.
 */
int takeover_disable(const char **why);

/* Is Nestor in? */
bool takeover_enabled(void);

/**
 * takeover_open() - the module is loaded: from now on takeover_enable() and takeover_disable() work
 * @enable: take over now
 * @why: as for takeover_enable()
 *
 * Return: 0, or what takeover_enable() returns: nothing is taken over then.
 */
int takeover_open(bool enable, const char **why);

/* The module is being unloaded: takeover_enable() and takeover_disable() refuse from now on. */
void takeover_close(void);

/**
 * takeover_join() - if Nestor is in, take over this CPU, which comes online or back from a suspend
 * @why: set to a sentence when it fails
 *
 * Interrupts are off, and nothing above has VMX on this CPU.
 *
 * Return: 0, or what check_cpu() or launch_cpu() gave.
 */
int takeover_join(const char **why);

/* The only CPU that is online could not be taken over again, so Nestor is out. */
void takeover_give_up(void);

#endif
