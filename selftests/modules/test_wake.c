// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_wake: wake the machine from suspend-to-idle.
 *
 *	echo MILLISECONDS >/sys/kernel/debug/test_wake		arm; it ends the suspend that comes
 *
 * The test machine's clock does not wake it, so it is a timer of the kernel, which runs on there.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/suspend.h>
#include <linux/timer.h>

static void wake(struct timer_list *timer)
{
	pm_system_wakeup();
}

static DEFINE_TIMER(timer, wake);

static int arm(void *unused, u64 milliseconds)
{
	mod_timer(&timer, jiffies + msecs_to_jiffies(milliseconds));
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(wake_fops, NULL, arm, "%llu\n");

static struct dentry *dentry;

static int __init wake_init(void)
{
	dentry = debugfs_create_file_unsafe("test_wake", 0200, NULL, NULL, &wake_fops);
	return PTR_ERR_OR_ZERO(dentry);
}

static void __exit wake_exit(void)
{
	debugfs_remove(dentry);
	timer_delete_sync(&timer);
}

module_init(wake_init);
module_exit(wake_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A timer that ends suspend-to-idle");
