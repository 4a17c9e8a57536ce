// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPU hotplug. Every CPU that runs Linux is under Nestor, or none is: a VMCS that is Nestor's image
 * in memory means nothing to a bare CPU, and the reverse.
 *
 * The order against KVM matters: on the way up Nestor's callback comes before KVM's, which executes
 * VMXON; on the way down it comes after KVM's.
 */
#define pr_fmt(fmt) "nestor: " fmt

#include <linux/cpuhotplug.h>
#include <linux/errno.h>
#include <linux/printk.h>
#include "hotplug.h"
#include "inject.h"
#include "land.h"
#include "takeover.h"
#include "world.h"

/*
 * CPU hotplug has no dynamic state in the STARTING section, where callbacks run before KVM's and
 * with interrupts off. So this is the state of a timer that no x86 machine has.
 */
#define STARTING_STATE CPUHP_AP_TI_GP_TIMER_STARTING

/* The dynamic state whose callback can refuse a CPU */
static int online_state;

/* A callback of the STARTING section must not fail. So this one remembers, and online() refuses. */
static int starting(unsigned int cpu)
{
	const char *why = NULL;

	world_cpus[cpu].refused = takeover_join(&why) ? why : NULL;
	return 0;
}

static int dying(unsigned int cpu)
{
	return land_cpu(LAND_DROP);
}

static int online(unsigned int cpu)
{
	if (!world_cpus[cpu].refused)
		return 0;
	pr_err("CPU %u does not come online, as it cannot be taken over: %s\n", cpu,
	       world_cpus[cpu].refused);
	world_cpus[cpu].refused = NULL;
	return -EBUSY;
}

int __init hotplug_init(void)
{
	int err = cpuhp_setup_state_nocalls(STARTING_STATE, "nestor:starting", starting, dying);

	if (err)
		return err;
	online_state = -ENOMEM;
	if (!inject_fails(INJECT_HOTPLUG, 0))
		online_state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "nestor:online",
							 online, NULL);
	if (online_state < 0) {
		cpuhp_remove_state_nocalls(STARTING_STATE);
		return online_state;
	}
	return 0;
}

void hotplug_exit(void)
{
	cpuhp_remove_state_nocalls(online_state);
	cpuhp_remove_state_nocalls(STARTING_STATE);
}
