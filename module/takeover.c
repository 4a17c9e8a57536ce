// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking the machine over and giving it back, on all CPUs or on none; CPU hotplug, resume and
 * reboot.
 *
 * The order against KVM matters: on the way up (CPU online, resume) Nestor's callback comes before
 * KVM's, which executes VMXON; on the way down it comes after KVM's.
 */
#define pr_fmt(fmt) "nestor: " fmt

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/reboot.h>
#include <linux/smp.h>
#include <linux/stop_machine.h>
#include "check.h"
#include "land.h"
#include "launch.h"
#include "takeover.h"
#include "world.h"

/*
 * CPU hotplug has no dynamic state in the STARTING section, where callbacks run before KVM's and
 * with interrupts off. So this is the state of a timer that no x86 machine has.
 */
#define HOTPLUG_STATE CPUHP_AP_TI_GP_TIMER_STARTING

static DEFINE_MUTEX(state_lock);
static bool enabled;

static int launch_this_cpu(void *data)
{
	return launch_cpu(data);
}

/*
 * All CPUs are in here at once with interrupts off. So nobody can enter VMX operation meanwhile,
 * and all come to the same answer.
 */
static int land_all(void *unused)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		if (world_cpus[cpu].active && world_cpus[cpu].shared->l1_vmx)
			return -EBUSY;
	}
	/* A CPU that comes online from here on stays with Linux. */
	WRITE_ONCE(enabled, false);
	return land_cpu();
}

static int stop_and_land(void)
{
	return stop_machine(land_all, NULL, cpu_online_mask);
}

static int launch_all(const char **why)
{
	unsigned int cpu;
	int err = 0;

	for_each_online_cpu(cpu) {
		err = smp_call_on_cpu(cpu, launch_this_cpu, why, false);
		if (err)
			break;
	}
	return err;
}

static int hotplug_up(unsigned int cpu)
{
	const char *why;

	/*
	 * A STARTING callback must not fail: the CPU goes on without Nestor, and the log says so.
	 */
	if (enabled && launch_cpu(&why))
		pr_err("CPU %u comes online without Nestor: %s\n", cpu, why);
	return 0;
}

void takeover_relaunch(void)
{
	hotplug_up(smp_processor_id());
}

static int hotplug_down(unsigned int cpu)
{
	if (land_cpu())
		pr_err("CPU %u goes offline while its L1 is in VMX operation\n", cpu);
	return 0;
}

int takeover_enable(const char **why)
{
	const char *reason = NULL;
	int err = -EALREADY;

	mutex_lock(&state_lock);
	cpus_read_lock();
	if (enabled) {
		reason = "Nestor is in already";
	} else {
		err = check_machine(&world.caps, &reason);
		err = err ?: launch_all(&reason);
	}
	if (!err) {
		enabled = true;
		/*
		 * Root code cannot take a reference to the module when L1 executes VMXON, so one is
		 * held as long as Nestor is in.
		 */
		__module_get(THIS_MODULE);
		pr_info("took over %u CPU%s\n", num_online_cpus(),
			num_online_cpus() == 1 ? "" : "s");
	}
	cpus_read_unlock();
	if (err && err != -EALREADY)
		stop_and_land();
	mutex_unlock(&state_lock);
	if (why)
		*why = reason;
	return err;
}

int takeover_disable(const char **why)
{
	const char *reason = NULL;
	int err = -EALREADY;

	mutex_lock(&state_lock);
	if (!enabled) {
		reason = "Nestor is not in";
	} else {
		err = stop_and_land();
		if (err)
			reason =
				"a hypervisor above is in VMX operation; stop its guests and unload it first "
				"(modprobe -r kvm_intel)";
	}
	if (!err) {
		module_put(THIS_MODULE);
		pr_info("gave back %u CPU%s\n", num_online_cpus(),
			num_online_cpus() == 1 ? "" : "s");
	}
	mutex_unlock(&state_lock);
	if (why)
		*why = reason;
	return err;
}

bool takeover_enabled(void)
{
	return READ_ONCE(enabled);
}

/* At a reboot or kexec, KVM's notifier has left VMX operation by now: its priority is higher. */
static int reboot_notify(struct notifier_block *nb, unsigned long action, void *data)
{
	takeover_disable(NULL);
	return NOTIFY_DONE;
}

static struct notifier_block reboot_nb = {
	.notifier_call = reboot_notify,
	.priority = INT_MIN,
};

int __init takeover_init(void)
{
	int err = cpuhp_setup_state_nocalls(HOTPLUG_STATE, "nestor:starting", hotplug_up,
					    hotplug_down);

	if (!err)
		register_reboot_notifier(&reboot_nb);
	return err;
}

void takeover_exit(void)
{
	unregister_reboot_notifier(&reboot_nb);
	cpuhp_remove_state_nocalls(HOTPLUG_STATE);
}
