// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fault injection: a step of loading, taking over or landing fails because the user wants it to, so
 * that the way back can be tested. The step is not carried out then, and fails with the error and
 * the sentence that it has of its own.
 */
#define pr_fmt(fmt) "nestor: " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include "inject.h"

#define EVERY_CPU (-1)

static const char *const words[] = {
	[INJECT_NOTHING] = "",
#define STEP(name, word) [INJECT_##name] = word,
#include "inject.def"
#undef STEP
};

static enum inject_step wanted;
static int wanted_cpu = EVERY_CPU;

bool inject_fails(enum inject_step step, unsigned int cpu)
{
	return READ_ONCE(wanted) == step && (wanted_cpu == EVERY_CPU || wanted_cpu == (int)cpu);
}

/* Returns the step with a name of that length, or -EINVAL. */
static int find_step(const char *name, size_t len)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (strlen(words[i]) == len && !strncmp(words[i], name, len))
			return i;
	}
	return -EINVAL;
}

static int fail_set(const char *value, const struct kernel_param *kp)
{
	size_t len = strcspn(value, ":\n");
	int step = find_step(value, len), cpu = EVERY_CPU;

	if (step < 0 || (value[len] == ':' && kstrtoint(value + len + 1, 0, &cpu))) {
		pr_err("fail: \"%.*s\" is no step, or what follows is no CPU\n", (int)len, value);
		return -EINVAL;
	}
	wanted_cpu = cpu;
	WRITE_ONCE(wanted, step);
	return 0;
}

static int fail_get(char *buffer, const struct kernel_param *kp)
{
	if (wanted_cpu == EVERY_CPU)
		return sysfs_emit(buffer, "%s\n", words[wanted]);
	return sysfs_emit(buffer, "%s:%d\n", words[wanted], wanted_cpu);
}

static const struct kernel_param_ops fail_ops = {
	.set = fail_set,
	.get = fail_get,
};
module_param_cb(fail, &fail_ops, NULL, 0600);
MODULE_PARM_DESC(fail, "for tests: a step that is to fail, as STEP or STEP:CPU");
