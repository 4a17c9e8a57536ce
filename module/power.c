// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suspend and resume: these callbacks come with one CPU online and interrupts off. Nestor's are
 * registered before those of a KVM that is loaded later. So they run after KVM's on the way down
 * and before KVM's on the way up.
 */
#include <linux/syscore_ops.h>
#include "land.h"
#include "power.h"
#include "takeover.h"

#ifdef HAVE_STRUCT_SYSCORE
#define SYSCORE_DATA void *data
#else
#define SYSCORE_DATA void
#endif

static int power_suspend(SYSCORE_DATA)
{
	return land_cpu();
}

static void power_resume(SYSCORE_DATA)
{
	takeover_relaunch();
}

#ifdef HAVE_STRUCT_SYSCORE
static const struct syscore_ops power_ops = {
	.suspend = power_suspend,
	.resume = power_resume,
};

static struct syscore power = { .ops = &power_ops };

void power_init(void)
{
	register_syscore(&power);
}

void power_exit(void)
{
	unregister_syscore(&power);
}
#else
static struct syscore_ops power_ops = {
	.suspend = power_suspend,
	.resume = power_resume,
};

void power_init(void)
{
	register_syscore_ops(&power_ops);
}

void power_exit(void)
{
	unregister_syscore_ops(&power_ops);
}
#endif
