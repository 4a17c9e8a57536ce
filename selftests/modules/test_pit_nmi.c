// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_pit_nmi: NMIs from a device, at chosen moments, and how many of them arrive.
 *
 *	echo at SYMBOL CPU FIRST STEP COUNTS >/sys/kernel/debug/test_pit_nmi
 *	cat /sys/kernel/debug/test_pit_nmi		"sent N counted N stray N", then a line for each
 *							place at which one was handled
 *
 * While all CPUs have interrupts off no CPU can send another an NMI, but a timer can. Whenever the CPU comes to the
 * function SYMBOL, the PIT is told to send it one NMI after some of its ticks (0.84 microseconds each): FIRST the
 * first time, STEP more each time after, and COUNTS times later from the beginning. While a shot is under way there is no
 * other. SYMBOL may be "MODULE:FUNCTION"; of no function ("-"), nothing is sent any more.
 *
 * The PIT is free: Linux has its clock from the local APIC. Its pin of the I/O APIC is borrowed from Linux.
 */
#include <linux/cpu.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/smp.h>
#include <asm/apicdef.h>
#include <asm/nmi.h>

static unsigned int pin = 2;
module_param(pin, uint, 0444);
MODULE_PARM_DESC(pin, "the PIT's pin of the first I/O APIC (default 2)");

#define IOAPIC_PA	  0xfec00000
#define IOAPIC_WINDOW	  0x10
#define IOAPIC_ENTRY(pin) (0x10 + 2 * (pin))
#define ENTRY_NMI	  0x400
#define ENTRY_MASKED	  0x10000

#define PIT_COUNTER	0x40
#define PIT_COMMAND	0x43
#define PIT_ONE_SHOT	0x30 /* counter 0, both bytes, mode 0: OUT rises at the end */
#define PIT_READ_STATUS 0xe2 /* of counter 0 */
#define PIT_OUT		0x80

/* A shot takes 55 milliseconds at most, and is handled at once. */
#define PATIENCE_MS 200
#define NR_PLACES   512

static struct {
	char symbol[64];
	unsigned int cpu, first, step, counts;
} order;

static void __iomem *ioapic;
static u32 borrowed[2];
static struct kprobe probe;
static DEFINE_MUTEX(one_order);
/* Both are written on the CPU of the order only. */
static bool under_way;
static unsigned int sent, counted, stray;
static struct {
	unsigned long ip;
	unsigned int count;
} places[NR_PLACES];

static void write_ioapic(u8 index, u32 value)
{
	writel(index, ioapic);
	writel(value, ioapic + IOAPIC_WINDOW);
}

static u32 read_ioapic(u8 index)
{
	writel(index, ioapic);
	return readl(ioapic + IOAPIC_WINDOW);
}

/* The half with the mask comes first or last, so that no half of an entry is in force. */
static void write_entry(u32 low, u32 high)
{
	unsigned long flags;

	local_irq_save(flags);
	write_ioapic(IOAPIC_ENTRY(pin), ENTRY_MASKED);
	write_ioapic(IOAPIC_ENTRY(pin) + 1, high);
	write_ioapic(IOAPIC_ENTRY(pin), low);
	local_irq_restore(flags);
}

static void start_pit(u16 ticks)
{
	outb(PIT_ONE_SHOT, PIT_COMMAND);
	outb(ticks & 0xff, PIT_COUNTER);
	outb(ticks >> 8, PIT_COUNTER);
}

static bool pit_expired(void)
{
	outb(PIT_READ_STATUS, PIT_COMMAND);
	return inb(PIT_COUNTER) & PIT_OUT;
}

/* By function would be enough, but finding the function is no work for a handler of NMIs. */
static void note_place(unsigned long ip)
{
	unsigned int i;

	for (i = 0; i < NR_PLACES - 1 && places[i].count && places[i].ip != ip; i++)
		;
	places[i].ip = ip;
	places[i].count++;
}

static int on_nmi(unsigned int type, struct pt_regs *regs)
{
	if (!under_way || smp_processor_id() != order.cpu) {
		stray++;
		return NMI_DONE;
	}
	under_way = false;
	counted++;
	note_place(regs->ip);
	return NMI_HANDLED;
}

/*
 * No shot before the last one was handled: a second one might be merged with it on the bare machine, too, while NMIs are
 * blocked. So after one that is lost there are no more.
 */
static int on_probe(struct kprobe *p, struct pt_regs *regs)
{
	if (smp_processor_id() != order.cpu || under_way)
		return 0;
	under_way = true;
	start_pit(order.first + sent % order.counts * order.step);
	sent++;
	return 0;
}

static void end_order(void)
{
	unsigned int patience;

	if (!probe.symbol_name)
		return;
	unregister_kprobe(&probe);
	memset(&probe, 0, sizeof(probe));
	for (patience = PATIENCE_MS; patience && sent && READ_ONCE(under_way); patience--)
		msleep(1);
	write_entry(ENTRY_MASKED, 0);
}

/* The shots begin with OUT high, as after one that has expired. */
static int begin_order(void)
{
	int err;

	sent = counted = stray = 0;
	under_way = false;
	memset(places, 0, sizeof(places));
	start_pit(1);
	while (!pit_expired())
		cpu_relax();
	write_entry(ENTRY_NMI, SET_XAPIC_DEST_FIELD(cpu_physical_id(order.cpu)));
	probe.symbol_name = order.symbol;
	probe.pre_handler = on_probe;
	err = register_kprobe(&probe);
	if (err) {
		memset(&probe, 0, sizeof(probe));
		write_entry(ENTRY_MASKED, 0);
	}
	return err;
}

static int obey(const char *text)
{
	end_order();
	if (sysfs_streq(text, "at -"))
		return 0;
	if (sscanf(text, "at %63s %u %u %u %u", order.symbol, &order.cpu, &order.first, &order.step,
		   &order.counts) != 5 ||
	    !order.counts || order.first + order.counts * order.step > U16_MAX ||
	    order.cpu >= nr_cpu_ids || !cpu_online(order.cpu))
		return -EINVAL;
	return begin_order();
}

static ssize_t test_pit_nmi_write(struct file *file, const char __user *user, size_t size,
				  loff_t *pos)
{
	char text[128] = "";
	int err;

	if (size >= sizeof(text) || copy_from_user(text, user, size))
		return -EINVAL;
	mutex_lock(&one_order);
	err = obey(text);
	mutex_unlock(&one_order);
	return err ?: size;
}

static int test_pit_nmi_show(struct seq_file *file, void *unused)
{
	unsigned int i;

	seq_printf(file, "sent %u counted %u stray %u\n", sent, counted, stray);
	for (i = 0; i < NR_PLACES && places[i].count; i++)
		seq_printf(file, "%u %pS\n", places[i].count, (void *)places[i].ip);
	return 0;
}

static int test_pit_nmi_open(struct inode *inode, struct file *file)
{
	return single_open(file, test_pit_nmi_show, NULL);
}

static const struct file_operations test_pit_nmi_fops = {
	.owner = THIS_MODULE,
	.open = test_pit_nmi_open,
	.read = seq_read,
	.write = test_pit_nmi_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static struct dentry *dentry;

static int __init pit_nmi_init(void)
{
	int err;

	ioapic = ioremap(IOAPIC_PA, PAGE_SIZE);
	if (!ioapic)
		return -ENOMEM;
	err = register_nmi_handler(NMI_LOCAL, on_nmi, 0, "test_pit_nmi");
	if (err) {
		iounmap(ioapic);
		return err;
	}
	borrowed[0] = read_ioapic(IOAPIC_ENTRY(pin));
	borrowed[1] = read_ioapic(IOAPIC_ENTRY(pin) + 1);
	dentry = debugfs_create_file("test_pit_nmi", 0600, NULL, NULL, &test_pit_nmi_fops);
	return 0;
}

static void __exit pit_nmi_exit(void)
{
	debugfs_remove(dentry);
	end_order();
	write_entry(borrowed[0], borrowed[1]);
	unregister_nmi_handler(NMI_LOCAL, "test_pit_nmi");
	iounmap(ioapic);
}

module_init(pit_nmi_init);
module_exit(pit_nmi_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("NMIs from the PIT at chosen moments");
