// SPDX-License-Identifier: GPL-2.0-only
/* Loading and unloading the module, and its parameters; "mask" is in mask.c. */
#define pr_fmt(fmt) "nestor: " fmt

#include <linux/module.h>
#include "check.h"
#include "hotplug.h"
#include "mask.h"
#include "memory.h"
#include "nestor.h"
#include "netlink.h"
#include "power.h"
#include "takeover.h"
#include "world.h"

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

static int __init check(const char **why)
{
	int err = check_machine(&world.caps, why);

	err = err ?: mask_check(why);
	if (err)
		return err;
	err = memory_init(memory);
	if (err)
		*why = "there is no contiguous memory for so many MiB per CPU; try memory=4";
	return err;
}

static int __init main_init(void)
{
	const char *why = "Linux has no room for its callbacks";
	int err;

	world.nested = nested;
	err = check(&why);
	if (err)
		goto err_said;
	err = hotplug_init();
	if (err)
		goto err_memory;
	err = power_init();
	if (err)
		goto err_hotplug;
	err = netlink_init();
	if (err)
		goto err_power;
	err = takeover_open(enable, &why);
	if (err)
		goto err_netlink;
	return 0;

err_netlink:
	netlink_exit();
err_power:
	power_exit();
err_hotplug:
	hotplug_exit();
err_memory:
	memory_exit();
err_said:
	pr_err("not loaded: %s\n", why);
	return err;
}

static void __exit main_exit(void)
{
	takeover_close();
	netlink_exit();
	power_exit();
	hotplug_exit();
	memory_exit();
}

module_init(main_init);
module_exit(main_exit);
MODULE_LICENSE("GPL");
MODULE_VERSION(NESTOR_VERSION);
MODULE_DESCRIPTION("Late-launch hypervisor with nested VMX");
