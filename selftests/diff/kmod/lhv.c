// SPDX-License-Identifier: GPL-2.0-only
/*
 * lhv: gives the engine of the differential suite a piece of memory and a CPU.
 *
 * /dev/lhv can be mapped: that is the arena (lhv.h). With "arenas=2" there is another one, /dev/lhv1, so
 * that programs run on two CPUs at once. LHV_IOC_RUN jumps to its first byte in ring 0, with
 * interrupts off and on page tables of the arena's own: the lower half is what user space built, the
 * upper half the kernel's, so that the way back is mapped. The engine saves and restores all other state.
 *
 * This is a tool for test machines: whoever may open the device owns the machine.
 */
#include <linux/cpu.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/smp.h>
#include <linux/uaccess.h>
#include <asm/io.h>
#include <asm/nmi.h>
#include <asm/nospec-branch.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/tlbflush.h>

#include "lhv.h"

#define ARENA_ORDER	get_order(LHV_ARENA_SIZE)

static unsigned long from;
module_param(from, ulong, 0444);
MODULE_PARM_DESC(from, "the arenas' least physical address (default 0)");

static unsigned int arenas = 1;
module_param(arenas, uint, 0444);
MODULE_PARM_DESC(arenas, "how many pieces of memory, 1 to 4 (default 1)");

/* One piece of memory, with a device of its own */
struct arena {
	struct miscdevice device;
	char name[8];
	struct page *pages;
	struct mutex lock;
};

static struct arena all_arenas[LHV_MAX_ARENAS];

static struct arena *arena_of(struct file *file)
{
	/* misc_open() leaves the device there. */
	return container_of(file->private_data, struct arena, device);
}

/* User space builds the lower half of a PML4; the upper half is that of the running kernel. */
static void add_kernel_half(struct arena *arena, unsigned long offset)
{
	u64 *pml4 = page_address(arena->pages) + offset;
	u64 *kernel = __va(__native_read_cr3() & PHYSICAL_PAGE_MASK);

	memcpy(pml4 + 256, kernel + 256, 256 * sizeof(*pml4));
}

/* The engine keeps to the C calling convention, but for the stack: it has its own. */
static noinline void call_engine(struct arena *arena)
{
	register unsigned long old asm("r12") = __native_read_cr3();
	unsigned long entry = LHV_BASE;

	asm volatile("mov %[new], %%cr3\n\t"
		     ANNOTATE_RETPOLINE_SAFE "\n\t"
		     "call *%[entry]\n\t"
		     "mov %[old], %%cr3"
		     : ASM_CALL_CONSTRAINT, [entry] "+a" (entry)
		     : [new] "b" (page_to_phys(arena->pages) + LHV_PML4), [old] "r" (old)
		     : "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory", "cc");
}

static int run_on_cpu(void *data)
{
	struct arena *arena = data;
	unsigned long flags;

	preempt_disable();
	local_irq_save(flags);
	add_kernel_half(arena, LHV_PML4);
	add_kernel_half(arena, LHV_PML4_ALT);
	call_engine(arena);
	local_irq_restore(flags);
	preempt_enable();
	return 0;
}

/* A caller that is bound to the CPU need not wait for another task to run there. */
static int run(struct arena *arena, unsigned int cpu)
{
	bool here;

	preempt_disable();
	here = smp_processor_id() == cpu;
	if (here)
		run_on_cpu(arena);
	preempt_enable();
	return here ? 0 : smp_call_on_cpu(cpu, run_on_cpu, arena, false);
}

static long lhv_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct arena *arena = arena_of(file);
	struct lhv_info info = {
		.arena_pa = page_to_phys(arena->pages),
		.nr_cpus = num_online_cpus(),
	};
	long ret;

	switch (cmd) {
	case LHV_IOC_INFO:
		return copy_to_user((void __user *)arg, &info, sizeof(info)) ? -EFAULT : 0;
	case LHV_IOC_RUN:
		if (arg >= nr_cpu_ids)
			return -EINVAL;
		mutex_lock(&arena->lock);
		ret = run(arena, arg);
		mutex_unlock(&arena->lock);
		return ret;
	default:
		return -ENOTTY;
	}
}

static int lhv_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (vma->vm_pgoff || vma->vm_end - vma->vm_start > LHV_ARENA_SIZE)
		return -EINVAL;
	return remap_pfn_range(vma, vma->vm_start, page_to_pfn(arena_of(file)->pages),
			       vma->vm_end - vma->vm_start, vma->vm_page_prot);
}

static atomic_t users;

static int lhv_open(struct inode *inode, struct file *file)
{
	atomic_inc(&users);
	return 0;
}

static int lhv_release(struct inode *inode, struct file *file)
{
	atomic_dec(&users);
	return 0;
}

static const struct file_operations lhv_fops = {
	.owner		= THIS_MODULE,
	.open		= lhv_open,
	.release	= lhv_release,
	.unlocked_ioctl	= lhv_ioctl,
	.mmap		= lhv_mmap,
};

/* Programs send NMIs to all other CPUs (icr 0xc4400): those that meet Linux are no surprise. */
static int on_nmi(unsigned int type, struct pt_regs *regs)
{
	return atomic_read(&users) ? NMI_HANDLED : NMI_DONE;
}

/*
 * Below 4 GiB, so that guests of every width can name it. Memory that was added later is in the normal zone
 * wherever it is; the caller of @from knows that it is not too high. Blocks below @from are kept until the
 * search is over, so that the allocator gives others.
 */
static struct page *alloc_arena(void)
{
	gfp_t zone = from ? 0 : GFP_DMA32;
	struct page *block, *next;
	LIST_HEAD(low);

	for (;;) {
		block = alloc_pages(GFP_KERNEL | zone | __GFP_NORETRY | __GFP_NOWARN, ARENA_ORDER);
		if (!block || page_to_phys(block) >= from)
			break;
		list_add(&block->lru, &low);
	}
	if (block)
		memset(page_address(block), 0, LHV_ARENA_SIZE);
	while (!list_empty(&low)) {
		next = list_first_entry(&low, struct page, lru);
		list_del(&next->lru);
		__free_pages(next, ARENA_ORDER);
	}
	return block;
}

static int arena_init(struct arena *arena, unsigned int number)
{
	int ret;

	mutex_init(&arena->lock);
	arena->pages = alloc_arena();
	if (!arena->pages)
		return -ENOMEM;
	strscpy(arena->name, "lhv", sizeof(arena->name));
	if (number)
		snprintf(arena->name, sizeof(arena->name), "lhv%u", number);
	arena->device = (struct miscdevice){
		.minor = MISC_DYNAMIC_MINOR,
		.name = arena->name,
		.fops = &lhv_fops,
		.mode = 0600,
	};
	ret = misc_register(&arena->device);
	if (ret)
		__free_pages(arena->pages, ARENA_ORDER);
	return ret;
}

static void free_arenas(unsigned int nr)
{
	while (nr--) {
		misc_deregister(&all_arenas[nr].device);
		__free_pages(all_arenas[nr].pages, ARENA_ORDER);
	}
}

static int __init lhv_init(void)
{
	unsigned int i;
	int ret;

	if (!boot_cpu_has(X86_FEATURE_VMX) || pgtable_l5_enabled())
		return -EOPNOTSUPP;
	if (!arenas || arenas > LHV_MAX_ARENAS)
		return -EINVAL;
	for (i = 0; i < arenas; i++) {
		ret = arena_init(&all_arenas[i], i);
		if (ret)
			goto err;
	}
	ret = register_nmi_handler(NMI_LOCAL, on_nmi, 0, "lhv");
	if (!ret)
		return 0;
err:
	free_arenas(i);
	return ret;
}

static void __exit lhv_exit(void)
{
	unregister_nmi_handler(NMI_LOCAL, "lhv");
	free_arenas(arenas);
}

module_init(lhv_init);
module_exit(lhv_exit);
MODULE_DESCRIPTION("Runs VMX programs in ring 0, for tests");
MODULE_LICENSE("GPL");
