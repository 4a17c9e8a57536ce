// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_nmi: send NMIs from one CPU to another, or to itself, and count what arrives.
 *
 *	echo COUNT FROM TO >/sys/kernel/debug/test_nmi		fails with ETIME if one was lost
 *	cat /sys/kernel/debug/test_nmi				"sent N counted N stray N"
 *
 * One NMI at a time: the next is sent when the handler has counted the last, so exactly COUNT
 * must be counted. A stray one is one that came when none was on its way. The pause between two
 * of them differs, so that they meet every part of what TO is doing.
 */
#include <linux/cpu.h>
#include <linux/debugfs.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/smp.h>
#include <asm/apicdef.h>
#include <asm/msr.h>
#include <asm/nmi.h>
#include "versions.h"

/* Polls until an NMI counts as lost: seconds, and an NMI takes microseconds. */
#define PATIENCE 20000000
#define PAUSES	 997

struct order {
	unsigned int count, from, to;
	u32 to_apic;
};

static void __iomem *xapic;
static bool x2apic;
static DEFINE_MUTEX(one_order);
static unsigned int sent;
static DEFINE_PER_CPU(bool, on_its_way);
static DEFINE_PER_CPU(unsigned int, counted);
static DEFINE_PER_CPU(unsigned int, stray);

static int on_nmi(unsigned int type, struct pt_regs *regs)
{
	if (!this_cpu_read(on_its_way)) {
		this_cpu_inc(stray);
		return NMI_DONE;
	}
	this_cpu_inc(counted);
	this_cpu_write(on_its_way, false);
	return NMI_HANDLED;
}

/* An interrupt between the two halves of the xAPIC's command register could send one of its own. */
static void send_nmi(u32 apic)
{
	unsigned long flags;

	local_irq_save(flags);
	if (x2apic) {
		wrmsrq(APIC_BASE_MSR + (APIC_ICR >> 4), (u64)apic << 32 | APIC_DM_NMI);
	} else {
		while (readl(xapic + APIC_ICR) & APIC_ICR_BUSY)
			cpu_relax();
		writel(SET_XAPIC_DEST_FIELD(apic), xapic + APIC_ICR2);
		writel(APIC_DM_NMI, xapic + APIC_ICR);
	}
	local_irq_restore(flags);
}

static bool arrived(const struct order *order)
{
	unsigned int patience;

	for (patience = PATIENCE; patience; patience--) {
		if (!READ_ONCE(per_cpu(on_its_way, order->to)))
			return true;
		cpu_relax();
	}
	return false;
}

static int send_all(void *arg)
{
	const struct order *order = arg;
	unsigned int pause;

	for (sent = 0; sent < order->count; sent++) {
		WRITE_ONCE(per_cpu(on_its_way, order->to), true);
		send_nmi(order->to_apic);
		if (!arrived(order)) {
			sent++;
			return -ETIME;
		}
		for (pause = sent * 37 % PAUSES; pause; pause--)
			cpu_relax();
		cond_resched();
	}
	return 0;
}

/* SDM "CPUID": EBX bits 31:24 of leaf 1 are the initial APIC ID, leaf 0xb's EDX the whole one. */
static void ask_apic_id(void *id)
{
	*(u32 *)id = x2apic ? cpuid_edx(0xb) : cpuid_ebx(1) >> 24;
}

static void forget(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		per_cpu(on_its_way, cpu) = false;
		per_cpu(counted, cpu) = 0;
		per_cpu(stray, cpu) = 0;
	}
}

static int obey(struct order *order)
{
	int err;

	if (order->from >= nr_cpu_ids || !cpu_online(order->from) ||
	    smp_call_function_single(order->to, ask_apic_id, &order->to_apic, true))
		return -ENXIO;
	forget();
	err = smp_call_on_cpu(order->from, send_all, order, false);
	return err;
}

static ssize_t test_nmi_write(struct file *file, const char __user *user, size_t size, loff_t *pos)
{
	struct order order;
	char text[64] = "";
	int err;

	if (size >= sizeof(text) || copy_from_user(text, user, size) ||
	    sscanf(text, "%u %u %u", &order.count, &order.from, &order.to) != 3)
		return -EINVAL;
	mutex_lock(&one_order);
	err = obey(&order);
	mutex_unlock(&one_order);
	return err ?: size;
}

static int test_nmi_show(struct seq_file *file, void *unused)
{
	unsigned int cpu, all = 0, strays = 0;

	for_each_possible_cpu(cpu) {
		all += per_cpu(counted, cpu);
		strays += per_cpu(stray, cpu);
	}
	seq_printf(file, "sent %u counted %u stray %u\n", sent, all, strays);
	return 0;
}

static int test_nmi_open(struct inode *inode, struct file *file)
{
	return single_open(file, test_nmi_show, NULL);
}

static const struct file_operations test_nmi_fops = {
	.owner = THIS_MODULE,
	.open = test_nmi_open,
	.read = seq_read,
	.write = test_nmi_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static struct dentry *dentry;

static int __init nmi_init(void)
{
	u64 base;
	int err;

	rdmsrq(MSR_IA32_APICBASE, base);
	x2apic = base & X2APIC_ENABLE;
	xapic = x2apic ? NULL : ioremap(base & MSR_IA32_APICBASE_BASE, PAGE_SIZE);
	if (!x2apic && !xapic)
		return -ENOMEM;
	err = register_nmi_handler(NMI_LOCAL, on_nmi, 0, "test_nmi");
	if (err) {
		iounmap(xapic);
		return err;
	}
	dentry = debugfs_create_file("test_nmi", 0600, NULL, NULL, &test_nmi_fops);
	return 0;
}

static void __exit nmi_exit(void)
{
	debugfs_remove(dentry);
	unregister_nmi_handler(NMI_LOCAL, "test_nmi");
	if (xapic)
		iounmap(xapic);
}

module_init(nmi_init);
module_exit(nmi_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("NMIs that are counted");
