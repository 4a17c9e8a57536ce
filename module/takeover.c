// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking the machine over and giving it back, on all CPUs or on none.
 *
 * Each is one stop_machine(): all CPUs are in it with interrupts off, so what one of them has found
 * out stays true until all have acted upon it.
 */
#define pr_fmt(fmt) "nestor: " fmt

#include <linux/atomic.h>
#include <linux/cpu.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/smp.h>
#include <linux/stop_machine.h>
#include "check.h"
#include "inject.h"
#include "land.h"
#include "launch.h"
#include "operation.h"
#include "owner.h"
#include "seal.h"
#include "takeover.h"
#include "world.h"

/* @open: the module is neither being loaded nor being unloaded, so it may be asked to change. */
static DEFINE_MUTEX(state_lock);
static bool open;
static bool enabled;

/**
 * struct attempt - one attempt of all CPUs together
 * @owner: who has VMX in Linux
 * @arrived: how often a CPU has come to a meeting
 * @err: the first error
 * @why: the sentence that belongs to it
 */
struct attempt {
	struct owner owner;
	atomic_t arrived;
	atomic_t err;
	const char *why;
};

/* The error that is told is the first that happened; the sentence is read after all have met. */
static void note(struct attempt *a, int err, const char *why)
{
	if (err && atomic_cmpxchg(&a->err, 0, err) == 0)
		WRITE_ONCE(a->why, why);
}

/* Wait until all CPUs have come here. This is their meeting number @nr, from 1 on. */
static void meet(struct attempt *a, int nr)
{
	atomic_inc(&a->arrived);
	while (atomic_read(&a->arrived) < nr * (int)num_online_cpus())
		cpu_relax();
}

static int take_over_cpu(void *data)
{
	struct attempt *a = data;
	struct l1_operation l1;
	const char *why = NULL;
	int err;

	operation_of_linux(&l1);
	err = check_cpu(&l1, &a->owner, &why);
	note(a, err, why);
	meet(a, 1);
	if (atomic_read(&a->err))
		return 0;
	err = launch_cpu(&l1, &why);
	note(a, err, why);
	if (inject_fails(INJECT_LAUNCHED, smp_processor_id()))
		note(a, -EIO, "fail=launched says so");
	meet(a, 2);
	if (atomic_read(&a->err))
		return land_cpu(LAND_REENTER);
	/* A CPU that comes online from here on is taken over, too. */
	WRITE_ONCE(enabled, true);
	return 0;
}

/* Root refuses no landing, but should a CPU stay under Nestor, its memory must stay as well. */
static bool any_cpu_in(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		if (world_cpus[cpu].active)
			return true;
	}
	return false;
}

static int take_over(const char **why)
{
	struct attempt a = {};
	int err = operation_prepare();

	if (err) {
		*why = "no memory for a page per CPU";
		return err;
	}
	owner_find(&a.owner);
	if (owner_agrees(&a.owner, &a.why))
		stop_machine(take_over_cpu, &a, cpu_online_mask);
	else
		atomic_set(&a.err, -EBUSY);
	owner_put(&a.owner);
	operation_finish();
	*why = a.why;
	return atomic_read(&a.err);
}

/* No CPU is in any more. */
static void abandon(void)
{
	seal_check();
	module_put(THIS_MODULE);
}

static int enable_locked(const char **why)
{
	int err;

	if (enabled) {
		*why = "Nestor is in already";
		return -EALREADY;
	}
	/*
	 * Root code cannot take a reference to the module when L1 executes VMXON, so one is held as
	 * long as Nestor is in.
	 */
	if (!try_module_get(THIS_MODULE)) {
		*why = "Nestor is being unloaded";
		return -ESHUTDOWN;
	}
	err = check_machine(&world.caps, why);
	seal_note();
	err = err ?: take_over(why);
	if (!err)
		pr_info("took over %u CPU%s\n", num_online_cpus(),
			num_online_cpus() == 1 ? "" : "s");
	else if (!any_cpu_in())
		abandon();
	else
		enabled = true;
	return err;
}

static int give_back_cpu(void *data)
{
	struct attempt *a = data;
	unsigned int cpu;

	/* All CPUs see the same here, so all come to the same answer. */
	for_each_online_cpu(cpu) {
		const struct root_shared *shared = world_cpus[cpu].shared;

		if (world_cpus[cpu].active && shared->l1_vmx &&
		    (shared->current_vmcs != ~0ull || !owner_idle(&a->owner))) {
			note(a, -EBUSY, owner_sentence(&a->owner));
			return 0;
		}
	}
	WRITE_ONCE(enabled, false);
	return land_cpu(LAND_REENTER);
}

static int give_back(const char **why)
{
	struct attempt a = {};
	int err = operation_prepare();

	if (err) {
		*why = "no memory for a page per CPU";
		return err;
	}
	owner_find(&a.owner);
	stop_machine(give_back_cpu, &a, cpu_online_mask);
	owner_put(&a.owner);
	operation_finish();
	*why = a.why;
	return atomic_read(&a.err);
}

static int disable_locked(const char **why)
{
	int err;

	if (!enabled) {
		*why = "Nestor is not in";
		return -EALREADY;
	}
	err = give_back(why);
	if (err)
		return err;
	if (WARN_ON(any_cpu_in())) {
		enabled = true;
		return -EIO;
	}
	pr_info("gave back %u CPU%s\n", num_online_cpus(), num_online_cpus() == 1 ? "" : "s");
	abandon();
	return 0;
}

static int locked(int (*change)(const char **), const char **why)
{
	const char *reason = NULL;
	int err;

	mutex_lock(&state_lock);
	if (open) {
		err = change(&reason);
	} else {
		reason = "Nestor is being loaded or unloaded; try again";
		err = -EAGAIN;
	}
	mutex_unlock(&state_lock);
	if (why)
		*why = reason;
	return err;
}

int takeover_enable(const char **why)
{
	return locked(enable_locked, why);
}

int takeover_disable(const char **why)
{
	return locked(disable_locked, why);
}

bool takeover_enabled(void)
{
	return READ_ONCE(enabled);
}

int takeover_open(bool enable, const char **why)
{
	int err = 0;

	mutex_lock(&state_lock);
	if (enable)
		err = enable_locked(why);
	/* While a CPU is in, the module must stay, whatever went wrong. */
	open = !err || enabled;
	mutex_unlock(&state_lock);
	if (err && open)
		pr_err("some CPUs could not be given back: %s\n", *why);
	return open ? 0 : err;
}

void takeover_close(void)
{
	mutex_lock(&state_lock);
	open = false;
	mutex_unlock(&state_lock);
}

int takeover_join(const char **why)
{
	static const struct owner nobody = {
		.other = "a hypervisor above is in VMX operation on it already",
	};
	struct l1_operation l1;
	int err;

	if (!READ_ONCE(enabled))
		return 0;
	operation_of_linux(&l1);
	err = check_cpu(&l1, &nobody, why);
	return err ?: launch_cpu(&l1, why);
}

void takeover_give_up(void)
{
	WRITE_ONCE(enabled, false);
	module_put(THIS_MODULE);
}
