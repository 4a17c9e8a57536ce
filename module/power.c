// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suspend, resume and the machine's end.
 *
 * Nestor must be the last to go and the first to come back, because KVM leaves and enters VMX
 * operation in callbacks of the same kinds.
 */
#define pr_fmt(fmt) "nestor: " fmt

#include <linux/errno.h>
#include <linux/list.h>
#include <linux/printk.h>
#include <linux/reboot.h>
#include <linux/stop_machine.h>
#include <linux/syscore_ops.h>
#include "inject.h"
#include "land.h"
#include "power.h"
#include "takeover.h"

#ifdef HAVE_STRUCT_SYSCORE
#define SYSCORE_DATA void *data
#else
#define SYSCORE_DATA void
#endif

/* One CPU is online, with interrupts off; the others went by hotplug. */
static int power_suspend(SYSCORE_DATA)
{
	int err = land_cpu(LAND_REFUSE);

	if (err)
		pr_err("no suspend: a hypervisor above is still in VMX operation\n");
	return err;
}

static void power_resume(SYSCORE_DATA)
{
	const char *why = NULL;

	if (!takeover_join(&why))
		return;
	pr_err("not in any more after the suspend: %s\n", why);
	takeover_give_up();
}

/*
 * KVM of 6.12 and later leaves VMX operation in such a callback. A kernel that is started by kexec
 * would take hidden memory for its own, so Nestor must be out then.
 */
static void power_shutdown(SYSCORE_DATA)
{
	const char *why = NULL;
	int err = takeover_disable(&why);

	if (err && err != -EALREADY)
		pr_err("still in while the machine goes down: %s\n", why);
}

#ifdef HAVE_STRUCT_SYSCORE
static const struct syscore_ops power_ops = {
	.suspend = power_suspend,
	.resume = power_resume,
	.shutdown = power_shutdown,
};

static struct syscore power = { .ops = &power_ops };

static const struct syscore_ops no_ops;
static struct syscore probe = { .ops = &no_ops };

#define register_entry(entry)	register_syscore(entry)
#define unregister_entry(entry) unregister_syscore(entry)
#else
static struct syscore_ops power = {
	.suspend = power_suspend,
	.resume = power_resume,
	.shutdown = power_shutdown,
};

static struct syscore_ops probe;

#define register_entry(entry)	register_syscore_ops(entry)
#define unregister_entry(entry) unregister_syscore_ops(entry)
#endif

/*
 * Linux keeps the entries in the order in which they were registered, and goes through it backwards
 * on the way down. A hypervisor that was there before Nestor would leave VMX operation after
 * Nestor's callback, so Nestor's entry is moved to the beginning of the list.
 *
 * The list is Linux's own, and its lock too. While the machine is stopped nobody goes through it.
 * A task that was stopped in the middle of a change leaves links that contradict each other; then
 * the entry is not moved.
 */
#define MAX_ENTRIES 1000

static bool list_is_sound(const struct list_head *head)
{
	const struct list_head *at = head;
	unsigned int i;

	for (i = 0; i < MAX_ENTRIES; i++) {
		if (at->next->prev != at)
			return false;
		at = at->next;
		if (at == head)
			return true;
	}
	return false;
}

static int move_first(void *head)
{
	if (!list_is_sound(head))
		return -EAGAIN;
	list_move(&power.node, head);
	return 0;
}

/*
 * Returns the head of the list. The newest entry comes before it. If the same node comes after two
 * entries that were registered one after the other, it is no entry.
 */
static struct list_head *register_and_find_head(void)
{
	struct list_head *after_power, *after_probe;

	register_entry(&power);
	after_power = READ_ONCE(power.node.next);
	register_entry(&probe);
	after_probe = READ_ONCE(probe.node.next);
	unregister_entry(&probe);
	return after_power == after_probe ? after_power : NULL;
}

#define MAX_TRIES 100

static int register_first(void)
{
	unsigned int i;

	for (i = 0; i < MAX_TRIES; i++) {
		struct list_head *head = register_and_find_head();

		if (head && !stop_machine(move_first, head, NULL))
			return 0;
		unregister_entry(&power);
	}
	return -EBUSY;
}

/*
 * At a reboot KVM of up to 6.11 has left VMX operation by now: its notifier's priority is higher.
 * Those kernels may call no shutdown callback on the way to a kexec. What does not succeed here is
 * tried again in power_shutdown().
 */
static int reboot_notify(struct notifier_block *nb, unsigned long action, void *data)
{
	takeover_disable(NULL);
	return NOTIFY_DONE;
}

static struct notifier_block reboot_nb = {
	.notifier_call = reboot_notify,
	.priority = INT_MIN,
};

int __init power_init(void)
{
	int err = register_first();

	if (err)
		return err;
	err = inject_fails(INJECT_POWER, 0) ? -ENOMEM : register_reboot_notifier(&reboot_nb);
	if (err)
		unregister_entry(&power);
	return err;
}

void power_exit(void)
{
	unregister_reboot_notifier(&reboot_nb);
	unregister_entry(&power);
}
