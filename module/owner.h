/* SPDX-License-Identifier: GPL-2.0-only */
/* Who above Nestor has VMX, and whether it is idle. */
#ifndef NESTOR_OWNER_H
#define NESTOR_OWNER_H

#include <linux/types.h>

struct kobject;
struct module;

/**
 * struct owner - who has VMX in Linux, as far as that can be known
 * @kvm: kvm_intel, held by @kobj; NULL if it is not a module of this kernel, or not loaded
 * @kobj: its entry in /sys/module
 * @at_load: KVM enters VMX operation when it is loaded, and stays in it without a virtual machine
 * @other: a sentence that names another owner, and what to do
 */
struct owner {
	struct module *kvm;
	struct kobject *kobj;
	bool at_load;
	const char *other;
};

/**
 * owner_find() - look who could have VMX; the caller may sleep
 * @owner: filled; owner_put() ends its use
 */
void owner_find(struct owner *owner);

/* Let go what owner_find() held. */
void owner_put(struct owner *owner);

/**
 * owner_agrees() - can KVM go on with what it has read of the processor's VMX capabilities?
 * @owner: who has VMX
 * @why: set to a sentence that says why not
 *
 * KVM reads them when it is loaded. What Nestor hides it would go on using.
 *
 * Return: true if it can, or is not loaded.
 */
bool owner_agrees(const struct owner *owner, const char **why);

/**
 * owner_idle() - is L1's VMX operation that of a KVM without a virtual machine?
 * @owner: who has VMX
 *
 * The processor cannot list the VMCSs that are active. But KVM has cleared all of its own when its
 * module has no user any more: every virtual machine and every open /dev/kvm holds it. The answer
 * holds for as long as the caller keeps all CPUs from running anything else.
 *
 * Return: true if it is.
 */
bool owner_idle(const struct owner *owner);

/**
 * owner_sentence() - why an L1 in VMX operation cannot be taken over or be left now
 * @owner: who has VMX
 *
 * Return: a sentence that names who, and says what to do.
 */
const char *owner_sentence(const struct owner *owner);

#endif
