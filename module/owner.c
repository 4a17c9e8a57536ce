// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who above Nestor has VMX.
 *
 * An L1 that is in VMX operation without an active VMCS can be taken over, and be left, as it is:
 * nothing of it is inside the processor. VMPTRST tells whether a VMCS is current, and nothing tells
 * whether one is active. So the proof is another: which hypervisor it is, and that it has no
 * virtual machine. Only KVM can be asked that.
 */
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <asm/msr-index.h>
#include <asm/vmx.h>
#include "mask.h"
#include "owner.h"
#include "world.h"

#define KVM_BUSY                                                                    \
	"KVM has VMX in use: a virtual machine lives, or /dev/kvm is open. End it " \
	"first (fuser -v /dev/kvm names it)"
#define KVM_BUILT_IN                                                                         \
	"KVM is built into this kernel, is in VMX operation, and cannot be asked whether a " \
	"virtual machine lives; boot with kvm.enable_virt_at_load=0"
#define UNKNOWN                                                                 \
	"a hypervisor that Nestor does not know is in VMX operation; stop its " \
	"guests and unload it first"

/* Hypervisors that are known by the names of their modules */
static const struct {
	const char *module;
	const char *sentence;
} others[] = {
	{ "vboxdrv", "VirtualBox (vboxdrv) is in VMX operation; end its virtual machines first, "
		     "and unload it if that is not enough" },
	{ "vmmon", "VMware (vmmon) is in VMX operation; end its virtual machines first, and "
		   "unload it if that is not enough" },
};

/* The entry of /sys/module with that name, held, or NULL */
static struct kobject *find(const char *name)
{
	return kset_find_obj(THIS_MODULE->mkobj.kobj.kset, name);
}

/* NULL for what is built into the kernel */
static struct module *module_of(struct kobject *kobj)
{
	return container_of(kobj, struct module_kobject, kobj)->mod;
}

static const void *parameter(const struct module *module, const char *name)
{
	unsigned int i;

	for (i = 0; i < module->num_kp; i++) {
		if (!strcmp(module->kp[i].name, name))
			return module->kp[i].arg;
	}
	return NULL;
}

static bool is_set(const struct module *module, const char *name)
{
	const bool *value = parameter(module, name);

	return value && *value;
}

/* From Linux 6.12 on KVM enters VMX operation at load, unless this parameter is off. */
static bool enters_at_load(void)
{
	struct kobject *kvm = find("kvm");
	bool at_load = kvm && module_of(kvm) && is_set(module_of(kvm), "enable_virt_at_load");

	kobject_put(kvm);
	return at_load;
}

static const char *find_other(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		struct kobject *kobj = find(others[i].module);

		if (kobj) {
			kobject_put(kobj);
			return others[i].sentence;
		}
	}
	return UNKNOWN;
}

void owner_find(struct owner *owner)
{
	*owner = (struct owner){ .kobj = find("kvm_intel"), .other = find_other() };
	if (!owner->kobj)
		return;
	owner->kvm = module_of(owner->kobj);
	if (owner->kvm)
		owner->at_load = enters_at_load();
	else
		owner->other = KVM_BUILT_IN;
}

/* Is a capability hidden that the processor has? @bits are those of the MSR. */
static bool hidden(u32 msr, u64 bits)
{
	return world.mask[msr - MSR_IA32_VMX_BASIC] & bits;
}

static bool uses_hidden(const struct module *kvm)
{
	const int *pt_mode = parameter(kvm, "pt_mode");

	return (is_set(kvm, "enable_ipiv") &&
		hidden(MSR_IA32_VMX_PROCBASED_CTLS3, TERTIARY_EXEC_IPI_VIRT)) ||
	       (pt_mode && *pt_mode &&
		hidden(MSR_IA32_VMX_PROCBASED_CTLS2, (u64)SECONDARY_EXEC_PT_USE_GPA << 32));
}

bool owner_agrees(const struct owner *owner, const char **why)
{
	if (!owner->kobj)
		return true;
	if (!world.nested || mask_is_asked_for()) {
		*why = "kvm_intel is loaded and uses what nested=0 or mask= is to hide; unload it "
		       "first: modprobe -r kvm_intel";
		return false;
	}
	if (owner->kvm && uses_hidden(owner->kvm)) {
		*why = "kvm_intel is loaded and uses what Nestor hides from it (nestor caps --diff "
		       "tells); load nestor before it: modprobe -r kvm_intel; modprobe nestor; "
		       "modprobe kvm_intel";
		return false;
	}
	return true;
}

void owner_put(struct owner *owner)
{
	kobject_put(owner->kobj);
}

bool owner_idle(const struct owner *owner)
{
	return owner->at_load && module_refcount(owner->kvm) == 0;
}

const char *owner_sentence(const struct owner *owner)
{
	return owner->kvm && module_refcount(owner->kvm) != 0 ? KVM_BUSY : owner->other;
}
