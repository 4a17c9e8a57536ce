// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hiding single VMX capabilities from Linux, by name: the module parameter "mask".
 *
 * A capability that is hidden reads as one that the processor does not have, and is refused like
 * one, because root mode takes it out of what it lets L1 do. The names are those of `nestor caps
 * --bits`.
 */
#define pr_fmt(fmt) "nestor: " fmt

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>
#include <asm/msr.h>
#include "decode/caps.h"
#include "mask.h"
#include "versions.h"
#include "world.h"

static char mask[512];

/* Hides the bit in every MSR that has it. Returns false if none has. */
static bool hide(enum cap_word word, unsigned int bit)
{
	u64 any = 0;
	int i;

	for (i = 0; i < NR_CAPABILITIES; i++) {
		u64 bits = cap_mask(MSR_IA32_VMX_BASIC + i, word, bit);

		world.mask[i] |= bits;
		any |= bits;
	}
	return any;
}

static int mask_one(const char *name, size_t len)
{
	enum cap_word word;
	unsigned int bit;

	if (cap_bit_find(name, len, &word, &bit) && hide(word, bit))
		return 0;
	pr_err("mask: no capability \"%.*s\" that can be hidden; nestor caps --bits has the names\n",
	       (int)len, name);
	return -EINVAL;
}

static int mask_set(const char *value, const struct kernel_param *kp)
{
	const char *at = value;
	int err = 0;

	if (strscpy(mask, value, sizeof(mask)) < 0)
		return -E2BIG;
	while (*at && *at != '\n' && !err) {
		size_t len = strcspn(at, ",\n");

		err = mask_one(at, len);
		at += len + (at[len] == ',');
	}
	return err;
}

static int mask_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", mask);
}

static const struct kernel_param_ops mask_ops = {
	.set = mask_set,
	.get = mask_get,
};
module_param_cb(mask, &mask_ops, NULL, 0444);
MODULE_PARM_DESC(mask, "VMX capabilities to hide from Linux, by name, commas between");

/*
 * Hides what Nestor does not honour, but only where the processor has it, so that world.mask says
 * what is hidden.
 */
static void hide_unhonoured(int msr, u64 value)
{
	const struct cap_msr *what = cap_msr(MSR_IA32_VMX_BASIC + msr);
	unsigned int shift = what->layout == CAP_CONTROLS ? 32 : 0, bit;

	for (bit = 0; bit + shift < 64; bit++) {
		if ((value >> (bit + shift) & 1) && cap_hidden_reason(what->word, bit))
			hide(what->word, bit);
	}
}

bool mask_is_asked_for(void)
{
	return mask[0];
}

int mask_check(const char **why)
{
	u64 value;
	int i;

	for (i = 0; i < NR_CAPABILITIES; i++) {
		if (!rdmsrq_safe(MSR_IA32_VMX_BASIC + i, &value))
			hide_unhonoured(i, value);
	}
	for (i = 0; i < NR_CAPABILITIES; i++) {
		if (!world.mask[i] || rdmsrq_safe(MSR_IA32_VMX_BASIC + i, &value))
			continue;
		/* The low half has the same controls: one that must be 1 there cannot be hidden. */
		if (cap_msr(MSR_IA32_VMX_BASIC + i)->layout == CAP_CONTROLS &&
		    (value & (world.mask[i] >> 32))) {
			*why = "mask: a control that this processor wants to be 1 cannot be hidden";
			return -EINVAL;
		}
	}
	return 0;
}
