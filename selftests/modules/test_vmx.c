// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_vmx: a hypervisor that Nestor does not know, without guests.
 *
 *	echo COMMAND >/sys/kernel/debug/test_vmx
 *
 *	vmxe 1, vmxe 0	set or clear CR4.VMXE on every CPU, without Linux's copy of CR4
 *	on, off		VMXON and VMXOFF on every CPU, each with a region of this module's
 *	ne 1, ne 0	set or clear CR0.NE on every CPU
 *	debugctl VALUE	write IA32_DEBUGCTL on every CPU
 *
 * A command fails with EIO if a CPU did not do what it was told.
 */
#include <linux/cpu.h>
#include <linux/debugfs.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/asm.h>
#include <asm/msr.h>
#include <asm/special_insns.h>
#include "versions.h"

static DEFINE_PER_CPU(void *, region);
static DEFINE_MUTEX(one_command);
static atomic_t failed;

static void note(bool succeeded)
{
	if (!succeeded)
		atomic_inc(&failed);
}

static u64 with(u64 value, u64 bit, bool on)
{
	return on ? value | bit : value & ~bit;
}

static void set_vmxe(void *on)
{
	unsigned long flags;

	local_irq_save(flags);
	asm volatile("mov %0, %%cr4" : : "r"(with(__read_cr4(), X86_CR4_VMXE, on)) : "memory");
	note(!(__read_cr4() & X86_CR4_VMXE) == !on);
	local_irq_restore(flags);
}

static void set_ne(void *on)
{
	unsigned long flags;

	local_irq_save(flags);
	asm volatile("mov %0, %%cr0" : : "r"(with(read_cr0(), X86_CR0_NE, on)) : "memory");
	note(!(read_cr0() & X86_CR0_NE) == !on);
	local_irq_restore(flags);
}

static void vmxon(void *unused)
{
	u64 pa = virt_to_phys(this_cpu_read(region));
	bool succeeded = false;
	u64 basic;

	rdmsrq(MSR_IA32_VMX_BASIC, basic);
	*(u32 *)this_cpu_read(region) = basic & 0x7fffffff;
	asm volatile("1: vmxon %1\n"
		     "   seta %0\n"
		     "2:\n" _ASM_EXTABLE(1b, 2b)
		     : "+q"(succeeded)
		     : "m"(pa)
		     : "cc", "memory");
	note(succeeded);
}

static void vmxoff(void *unused)
{
	bool succeeded = false;

	asm volatile("1: vmxoff\n"
		     "   seta %0\n"
		     "2:\n" _ASM_EXTABLE(1b, 2b)
		     : "+q"(succeeded)
		     :
		     : "cc", "memory");
	note(succeeded);
}

static void set_debugctl(void *value)
{
	u64 got = 0;

	note(!wrmsrq_safe(MSR_IA32_DEBUGCTLMSR, *(u64 *)value));
	rdmsrq(MSR_IA32_DEBUGCTLMSR, got);
	note(got == *(u64 *)value);
}

static int everywhere(smp_call_func_t act, void *arg)
{
	atomic_set(&failed, 0);
	on_each_cpu(act, arg, 1);
	return atomic_read(&failed) ? -EIO : 0;
}

static int obey(const char *text)
{
	static u64 value;

	if (sysfs_streq(text, "on"))
		return everywhere(vmxon, NULL);
	if (sysfs_streq(text, "off"))
		return everywhere(vmxoff, NULL);
	if (sscanf(text, "vmxe %llu", &value) == 1)
		return everywhere(set_vmxe, value ? &value : NULL);
	if (sscanf(text, "ne %llu", &value) == 1)
		return everywhere(set_ne, value ? &value : NULL);
	if (sscanf(text, "debugctl %llx", &value) == 1)
		return everywhere(set_debugctl, &value);
	return -EINVAL;
}

static ssize_t test_vmx_write(struct file *file, const char __user *user, size_t size, loff_t *pos)
{
	char text[64] = "";
	int err;

	if (size >= sizeof(text) || copy_from_user(text, user, size))
		return -EINVAL;
	mutex_lock(&one_command);
	err = obey(text);
	mutex_unlock(&one_command);
	return err ?: size;
}

static const struct file_operations test_vmx_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = test_vmx_write,
};

static struct dentry *dentry;

static void free_regions(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		free_page((unsigned long)per_cpu(region, cpu));
}

static int __init vmx_init(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		per_cpu(region, cpu) = (void *)get_zeroed_page(GFP_KERNEL);
		if (!per_cpu(region, cpu)) {
			free_regions();
			return -ENOMEM;
		}
	}
	dentry = debugfs_create_file("test_vmx", 0200, NULL, NULL, &test_vmx_fops);
	return 0;
}

static void __exit vmx_exit(void)
{
	debugfs_remove(dentry);
	free_regions();
}

module_init(vmx_init);
module_exit(vmx_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A hypervisor without guests");
