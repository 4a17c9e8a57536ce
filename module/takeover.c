// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading, unloading, enabling and disabling Nestor; CPU hotplug, suspend and reboot.
 *
 * The machine is taken over on all CPUs or on none. Order against KVM matters: on the way up (CPU
 * online, resume) Nestor's callback comes before KVM's, which executes VMXON; on the way down after
 * it.
 */
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/reboot.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/stop_machine.h>
#include "world.h"
#include "nestor.h"

#undef pr_fmt
#define pr_fmt(fmt) "nestor: " fmt

#define MEMORY_MIN 4
#define MEMORY_MAX (ROOT_MAX_BLOCKS * 2)

static bool enable = true;
module_param(enable, bool, 0444);
MODULE_PARM_DESC(enable,
		 "take the machine over at load (default Y); otherwise `nestor enable` does");

static bool nested = true;
module_param(nested, bool, 0444);
MODULE_PARM_DESC(nested,
		 "let L1 use VMX (default Y); N hides it: CPUID bit clear, VMX instructions #UD");

static unsigned int memory = 8;

static int memory_set(const char *value, const struct kernel_param *kp)
{
	unsigned int mib;
	int err = kstrtouint(value, 0, &mib);

	if (err || mib < MEMORY_MIN || mib > MEMORY_MAX || mib % 2) {
		pr_err("memory=%s: give an even number of MiB from %d to %d\n", value, MEMORY_MIN,
		       MEMORY_MAX);
		return -EINVAL;
	}
	memory = mib;
	return 0;
}

static const struct kernel_param_ops memory_ops = {
	.set = memory_set,
	.get = param_get_uint,
};
module_param_cb(memory, &memory_ops, &memory, 0444);
MODULE_PARM_DESC(memory, "MiB of memory for each CPU, even, from 4 to 128 (default 8)");

/*
 * CPU hotplug knows no dynamic state in the STARTING section, where callbacks run with interrupts
 * off before KVM's: this one belongs to a timer that no x86 machine has.
 */
#define NESTOR_HOTPLUG_STATE CPUHP_AP_TI_GP_TIMER_STARTING

static DEFINE_MUTEX(state_lock);
static bool enabled;

static int launch_this_cpu(void *data)
{
	return launch_cpu(data);
}

/* Nobody can enter VMX operation while all CPUs are in here with interrupts off, so all come to one
 * answer. */
static int land_all(void *unused)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		if (nestor_cpus[cpu].active && nestor_cpus[cpu].shared->l1_vmx)
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

	/* A STARTING callback must not fail: the CPU goes on without Nestor, and says so. */
	if (enabled && launch_cpu(&why))
		pr_err("CPU %u comes online without Nestor: %s\n", cpu, why);
	return 0;
}

void nestor_relaunch(void)
{
	hotplug_up(smp_processor_id());
}

static int hotplug_down(unsigned int cpu)
{
	if (land_cpu())
		pr_err("CPU %u goes offline while its L1 is in VMX operation\n", cpu);
	return 0;
}

int nestor_enable(const char **why)
{
	const char *reason = NULL;
	int err = -EALREADY;

	mutex_lock(&state_lock);
	cpus_read_lock();
	if (enabled) {
		reason = "Nestor is in already";
	} else {
		err = check_machine(&nestor_world.caps, &reason);
		err = err ?: launch_all(&reason);
	}
	if (!err) {
		enabled = true;
		/* Root code cannot take a module reference when L1 executes VMXON: one is held
		 * meanwhile. */
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

int nestor_disable(const char **why)
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

bool nestor_enabled(void)
{
	return READ_ONCE(enabled);
}

bool nestor_nested(void)
{
	return nestor_world.nested;
}

const u64 *nestor_mask(void)
{
	return nestor_world.mask;
}

const struct root_shared *nestor_shared(unsigned int cpu)
{
	return cpu < nr_cpu_ids ? nestor_cpus[cpu].shared : NULL;
}

u64 nestor_memory_per_cpu(void)
{
	return memory_per_cpu();
}

u64 nestor_memory_total(void)
{
	return memory_total();
}

/* Reboot and kexec: KVM's notifier has the higher priority and has left VMX operation by now. */
static int reboot_notify(struct notifier_block *nb, unsigned long action, void *data)
{
	nestor_disable(NULL);
	return NOTIFY_DONE;
}

static struct notifier_block reboot_nb = {
	.notifier_call = reboot_notify,
	.priority = INT_MIN,
};

static int __init nestor_init(void)
{
	const char *why = "";
	int err;

	nestor_world.nested = nested;
	err = check_machine(&nestor_world.caps, &why);
	if (!err)
		err = mask_check(&why);
	if (err) {
		pr_err("not loaded: %s\n", why);
		return err;
	}
	err = memory_init(memory);
	if (err) {
		pr_err("not loaded: no contiguous memory for %u MiB per CPU; try memory=%d\n",
		       memory, MEMORY_MIN);
		return err;
	}
	err = cpuhp_setup_state_nocalls(NESTOR_HOTPLUG_STATE, "nestor:starting", hotplug_up,
					hotplug_down);
	if (err)
		goto err_memory;
	err = nestor_netlink_init();
	if (err)
		goto err_hotplug;
	if (enable) {
		err = nestor_enable(&why);
		if (err) {
			pr_err("not loaded: %s\n", why);
			goto err_netlink;
		}
	}
	power_init();
	register_reboot_notifier(&reboot_nb);
	return 0;

err_netlink:
	nestor_netlink_exit();
err_hotplug:
	cpuhp_remove_state_nocalls(NESTOR_HOTPLUG_STATE);
err_memory:
	memory_exit();
	return err;
}

static void __exit nestor_exit(void)
{
	unregister_reboot_notifier(&reboot_nb);
	power_exit();
	nestor_netlink_exit();
	cpuhp_remove_state_nocalls(NESTOR_HOTPLUG_STATE);
	memory_exit();
}

module_init(nestor_init);
module_exit(nestor_exit);
MODULE_LICENSE("GPL");
MODULE_VERSION(NESTOR_VERSION);
MODULE_DESCRIPTION("Late-launch hypervisor with nested VMX");
