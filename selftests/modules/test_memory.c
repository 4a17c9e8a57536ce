// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_memory: read and write physical memory of this Linux through its direct map.
 *
 * Commands are written to /sys/kernel/debug/test_memory, and reading it gives the last one's
 * answer:
 *
 *	scan			read a word of every 2 MiB of RAM; answers how many
 *	or ADDRESS		all words of the page at ADDRESS, OR-ed
 *	peek ADDRESS		the word at ADDRESS
 *	poke ADDRESS VALUE	store, then read back
 *	copy FROM TO		one REP MOVSQ from page to page
 *	move FROM TO		one MOVSQ from a page of RAM to where no RAM is
 *	watch ADDRESS		read the word at ADDRESS with a data breakpoint on it; answers what the
 *				#DB found: DR6 as Linux turns it over, and 16 bits further up RF
 *				and TF of RFLAGS
 *
 * The kernel owns none of what it writes to here: only for memory that is somebody else's below it.
 */
#include <linux/debugfs.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/irqflags.h>
#include <linux/kdebug.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>
#include <asm/debugreg.h>

static DEFINE_MUTEX(one_command);
static u64 answer;

static int scan_range(struct resource *range, void *unused)
{
	u64 pa;

	for (pa = ALIGN(range->start, SZ_2M); pa + SZ_2M <= range->end + 1; pa += SZ_2M) {
		(void)READ_ONCE(*(u64 *)phys_to_virt(pa));
		answer++;
	}
	return 0;
}

static int scan(void)
{
	answer = 0;
	return walk_iomem_res_desc(IORES_DESC_NONE, IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY, 0, -1,
				   NULL, scan_range);
}

/* A page of RAM that the direct map has. */
static u64 *page_at(u64 pa)
{
	return PAGE_ALIGNED(pa) && pfn_valid(PHYS_PFN(pa)) ? phys_to_virt(pa) : NULL;
}

static int or_page(u64 pa)
{
	const u64 *word = page_at(pa);
	unsigned int i;

	if (!word)
		return -EFAULT;
	answer = 0;
	for (i = 0; i < PAGE_SIZE / sizeof(*word); i++)
		answer |= READ_ONCE(word[i]);
	return 0;
}

static int peek(u64 pa)
{
	const u64 *page = page_at(pa & PAGE_MASK);

	if (!page || !IS_ALIGNED(pa, sizeof(*page)))
		return -EFAULT;
	answer = READ_ONCE(page[offset_in_page(pa) / sizeof(*page)]);
	return 0;
}

static int poke(u64 pa, u64 value)
{
	u64 *word = page_at(pa);

	if (!word)
		return -EFAULT;
	WRITE_ONCE(*word, value);
	answer = READ_ONCE(*word);
	return 0;
}

static int copy(u64 from, u64 to)
{
	u64 *source = page_at(from), *target = page_at(to);
	unsigned long count = PAGE_SIZE / sizeof(*source);

	if (!source || !target)
		return -EFAULT;
	asm volatile("rep movsq" : "+S"(source), "+D"(target), "+c"(count) : : "memory");
	return 0;
}

static int move(u64 from, u64 to)
{
	u64 *source = page_at(from);
	void __iomem *target = ioremap(to, PAGE_SIZE);
	void *at = (void __force *)target;

	if (source && target)
		asm volatile("movsq" : "+S"(source), "+D"(at) : : "memory");
	if (target)
		iounmap(target);
	return source && target ? 0 : -EFAULT;
}

static int note_debug_exception(struct notifier_block *block, unsigned long event, void *data)
{
	const struct die_args *args = data;
	const unsigned long *dr6 = ERR_PTR(args->err);

	if (event != DIE_DEBUG)
		return NOTIFY_DONE;
	answer = *dr6 | (args->regs->flags & (X86_EFLAGS_RF | X86_EFLAGS_TF)) << 16;
	return NOTIFY_STOP;
}

/*
 * The first breakpoint, enabled, for reads and writes of 8 bytes. DR6.BS stands there already:
 * the processor never clears it (SDM "Debug Status Register (DR6)"), and it brings the #DB past
 * perf to the notifier.
 */
#define WATCH_DR7 (0x400 | 2 | 3 << 16 | 2 << 18)

static int watch(u64 pa)
{
	static struct notifier_block block = { .notifier_call = note_debug_exception };
	const u64 *page = page_at(pa & PAGE_MASK);
	unsigned long flags;

	if (!page || !IS_ALIGNED(pa, sizeof(*page)))
		return -EFAULT;
	answer = 0;
	register_die_notifier(&block);
	local_irq_save(flags);
	set_debugreg((unsigned long)page + offset_in_page(pa), 0);
	set_debugreg(DR6_RESERVED | DR_STEP, 6);
	set_debugreg(WATCH_DR7, 7);
	(void)READ_ONCE(page[offset_in_page(pa) / sizeof(*page)]);
	set_debugreg(0x400, 7);
	set_debugreg(0, 0);
	local_irq_restore(flags);
	unregister_die_notifier(&block);
	return 0;
}

static int obey(const char *text)
{
	u64 a, b;

	if (sysfs_streq(text, "scan"))
		return scan();
	if (sscanf(text, "or %llx", &a) == 1)
		return or_page(a);
	if (sscanf(text, "peek %llx", &a) == 1)
		return peek(a);
	if (sscanf(text, "watch %llx", &a) == 1)
		return watch(a);
	if (sscanf(text, "poke %llx %llx", &a, &b) == 2)
		return poke(a, b);
	if (sscanf(text, "copy %llx %llx", &a, &b) == 2)
		return copy(a, b);
	if (sscanf(text, "move %llx %llx", &a, &b) == 2)
		return move(a, b);
	return -EINVAL;
}

static ssize_t test_memory_write(struct file *file, const char __user *user, size_t size,
				 loff_t *pos)
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

static int test_memory_show(struct seq_file *file, void *unused)
{
	seq_printf(file, "0x%llx\n", answer);
	return 0;
}

static int test_memory_open(struct inode *inode, struct file *file)
{
	return single_open(file, test_memory_show, NULL);
}

static const struct file_operations test_memory_fops = {
	.owner = THIS_MODULE,
	.open = test_memory_open,
	.read = seq_read,
	.write = test_memory_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static struct dentry *dentry;

static int __init memory_init(void)
{
	dentry = debugfs_create_file("test_memory", 0600, NULL, NULL, &test_memory_fops);
	return PTR_ERR_OR_ZERO(dentry);
}

static void __exit memory_exit(void)
{
	debugfs_remove(dentry);
}

module_init(memory_init);
module_exit(memory_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Physical memory through the direct map");
