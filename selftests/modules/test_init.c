// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_init: INIT and a SIPI for another CPU, whose state is what INIT has left (SDM, table "IA-32 and
 * Intel 64 Processor States Following Power-up, Reset, or INIT").
 *
 * Opening /sys/kernel/debug/test_init for the first time does it. The CPU tells of itself in a page below 1 MiB, which
 * Linux never uses: "NAME VALUE" lines. It is lost to Linux, which will wait for it before long.
 */
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/smp.h>
#include <linux/workqueue.h>
#include <asm/apicdef.h>
#include <asm/debugreg.h>
#include <asm/msr.h>
#include <asm/special_insns.h>

#define PAGE_PA	     0x40000
#define REPORT	     0x800
#define APIC_REPORT  0xc00
#define DONE	     0xffc
#define DONE_VALUE   0x600dcafe
#define APIC_PA	     0xfee00000
#define APIC_LAST    0x3f0
#define NOT_INIT     0x5a5a5a50ul

static unsigned int cpu = 1;
module_param(cpu, uint, 0444);
MODULE_PARM_DESC(cpu, "the CPU that gets INIT (default 1)");

/* In the order in which the code below stores them. */
static const char *const names[] = {
	"eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "esp", "cr0", "cr2", "cr3", "cr4",
	"dr0", "dr1", "dr2", "dr3", "dr6", "dr7", "efer", "cs", "ds", "es", "fs", "gs", "ss", "apic_base",
};

#define __STORE(at) "movl %eax, %cs:" #at "\n\t"
#define STORE(at) __STORE(at)
#define STORE_FROM(reg, at) "mov %" reg ", %eax\n\t" STORE(at)
#define STORE_SEGMENT(reg, at) "xor %eax, %eax\n\tmov %" reg ", %ax\n\t" STORE(at)

/* Real mode at 4000:0000; then a flat data segment, to read the local APIC. */
asm(".pushsection .rodata, \"a\"\n"
    "trampoline:\n\t"
    ".code16\n\t"
    STORE(0x800)
    "movl %ebx, %cs:0x804\n\t"
    "movl %ecx, %cs:0x808\n\t"
    "movl %edx, %cs:0x80c\n\t"
    "movl %esi, %cs:0x810\n\t"
    "movl %edi, %cs:0x814\n\t"
    "movl %ebp, %cs:0x818\n\t"
    "movl %esp, %cs:0x81c\n\t"
    STORE_FROM("cr0", 0x820)
    STORE_FROM("cr2", 0x824)
    STORE_FROM("cr3", 0x828)
    STORE_FROM("cr4", 0x82c)
    STORE_FROM("dr0", 0x830)
    STORE_FROM("dr1", 0x834)
    STORE_FROM("dr2", 0x838)
    STORE_FROM("dr3", 0x83c)
    STORE_FROM("dr6", 0x840)
    STORE_FROM("dr7", 0x844)
    "movl $0xc0000080, %ecx\n\t"
    "rdmsr\n\t"
    STORE(0x848)
    STORE_SEGMENT("cs", 0x84c)
    STORE_SEGMENT("ds", 0x850)
    STORE_SEGMENT("es", 0x854)
    STORE_SEGMENT("fs", 0x858)
    STORE_SEGMENT("gs", 0x85c)
    STORE_SEGMENT("ss", 0x860)
    "movl $0x1b, %ecx\n\t"
    "rdmsr\n\t"
    STORE(0x864)
    "lgdtl %cs:gdt_pointer - trampoline\n\t"
    "mov %cr0, %eax\n\t"
    "or $1, %al\n\t"
    "mov %eax, %cr0\n\t"
    "mov $8, %ax\n\t"
    "mov %ax, %ds\n\t"
    "xor %ebx, %ebx\n"
    "1:\n\t"
    "addl $0x10, %ebx\n\t"
    "movl %ebx, %ecx\n\t"
    "shrl $2, %ecx\n\t"
    "addr32 movl 0xfee00000(%ebx), %eax\n\t"
    "addr32 movl %eax, 0x40c00(%ecx)\n\t"
    "cmpw $0x3f0, %bx\n\t"
    "jne 1b\n\t"
    "xor %ecx, %ecx\n\t"
    "addr32 movl $0x600dcafe, 0x40ffc(%ecx)\n"
    "2:\n\t"
    "hlt\n\t"
    "jmp 2b\n\t"
    ".balign 8\n"
    "gdt:\n\t"
    ".quad 0, 0x00cf92000000ffff\n"
    "gdt_pointer:\n\t"
    ".word 15\n\t"
    ".long 0x40000 + gdt - trampoline\n"
    "trampoline_end:\n\t"
    ".code64\n"
    ".popsection");

extern const u8 trampoline[], trampoline_end[];

/* What INIT must not leave as it is. */
static void change_state(void *unused)
{
	set_debugreg(NOT_INIT, 0);
	set_debugreg(NOT_INIT, 1);
	set_debugreg(NOT_INIT, 2);
	set_debugreg(NOT_INIT, 3);
	native_write_cr2(NOT_INIT);
}

static void send(u8 __iomem *apic, u32 id, u32 command)
{
	writel(SET_XAPIC_DEST_FIELD(id), apic + APIC_ICR2);
	writel(command, apic + APIC_ICR);
	while (readl(apic + APIC_ICR) & APIC_ICR_BUSY)
		cpu_relax();
}

/* SDM "MP Initialization Protocol Algorithm": INIT, 10 milliseconds, a SIPI, and another. */
static bool restart(u8 *page)
{
	u8 __iomem *apic = ioremap(APIC_PA, PAGE_SIZE);
	const u32 *done = (u32 *)(page + DONE);
	u32 id = cpu_physical_id(cpu);
	unsigned int i;

	if (!apic)
		return false;
	send(apic, id, APIC_INT_ASSERT | APIC_DM_INIT);
	mdelay(10);
	for (i = 0; i < 2 && READ_ONCE(*done) != DONE_VALUE; i++) {
		send(apic, id, APIC_DM_STARTUP | PAGE_PA >> 12);
		mdelay(10);
	}
	return READ_ONCE(*done) == DONE_VALUE;
}

static int restart_once(void)
{
	u8 *page = phys_to_virt(PAGE_PA);
	static bool restarted;

	if (restarted)
		return 0;
	restarted = true;
	/* Linux frees what modules needed to begin, and tells all CPUs. */
	__flush_workqueue(system_wq);
	memset(page, 0, PAGE_SIZE);
	memcpy(page, trampoline, trampoline_end - trampoline);
	if (smp_call_function_single(cpu, change_state, NULL, true))
		return -EINVAL;
	return restart(page) ? 0 : -ETIMEDOUT;
}

static int report_show(struct seq_file *file, void *unused)
{
	const u8 *page = phys_to_virt(PAGE_PA);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		seq_printf(file, "%s %#x\n", names[i], *(u32 *)(page + REPORT + i * 4));
	for (i = 0x10; i <= APIC_LAST; i += 0x10)
		seq_printf(file, "apic_%03x %#x\n", i, *(u32 *)(page + APIC_REPORT + i / 4));
	return 0;
}

static int report_open(struct inode *inode, struct file *file)
{
	return restart_once() ?: single_open(file, report_show, NULL);
}

static const struct file_operations report_fops = {
	.owner = THIS_MODULE,
	.open = report_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};

static struct dentry *file;

static int __init init(void)
{
	BUILD_BUG_ON(REPORT + sizeof(names) / sizeof(*names) * 4 > APIC_REPORT);
	if (!cpu_online(cpu) || trampoline_end - trampoline > REPORT)
		return -EINVAL;
	file = debugfs_create_file("test_init", 0400, NULL, NULL, &report_fops);
	return 0;
}
module_init(init);

static void __exit leave(void)
{
	debugfs_remove(file);
}
module_exit(leave);

MODULE_DESCRIPTION("Restart a CPU by INIT and a SIPI, and tell of its state");
MODULE_LICENSE("GPL");
