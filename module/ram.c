// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where RAM ends. Linux is asked once, and every reader has the same answer.
 *
 * Memory that comes later needs no entry anywhere: root has mapped the addresses at which it can
 * come, and asks the MTRRs what is memory (root/machine.c). Where the map ends earlier, because the
 * processor has no 1-GByte pages, memory beyond its end is refused: root could not read what L1 has
 * there.
 */
#define pr_fmt(fmt) "nestor: " fmt

#include <linux/completion.h>
#include <linux/ioport.h>
#include <linux/memory.h>
#include <linux/minmax.h>
#include <linux/notifier.h>
#include <linux/pfn.h>
#include <linux/printk.h>
#include <linux/sizes.h>
#include "ram.h"

static u64 end_at_load;

/* Until this is done nobody knows @reach, and memory has to wait. */
static DECLARE_COMPLETION(settled);
static u64 reach;

static int memory_notify_reach(struct notifier_block *nb, unsigned long action, void *data)
{
	const struct memory_notify *memory = data;
	u64 start = PFN_PHYS(memory->start_pfn), end = start + PFN_PHYS(memory->nr_pages);

	if (action != MEM_GOING_ONLINE)
		return NOTIFY_DONE;
	wait_for_completion(&settled);
	if (end <= reach)
		return NOTIFY_OK;
	pr_err("memory at %#llx is refused: Nestor reaches up to %#llx; unload it, bring the memory online, and load it again\n",
	       start, reach);
	return NOTIFY_BAD;
}

static struct notifier_block memory_nb = {
	.notifier_call = memory_notify_reach,
};

static int note_end(struct resource *res, void *unused)
{
	end_at_load = max_t(u64, end_at_load, res->end + 1);
	return 0;
}

/*
 * No lock that keeps memory from coming is there for a module. So the notifier is first: what it
 * does not see come online is among Linux's resources already.
 */
int ram_init(void)
{
	int err;

	end_at_load = 0;
	reinit_completion(&settled);
	err = register_memory_notifier(&memory_nb);
	if (err)
		return err;
	return walk_iomem_res_desc(IORES_DESC_NONE, IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY, 0, -1,
				   NULL, note_end);
}

u64 ram_end(void)
{
	return ALIGN(end_at_load, SZ_1G);
}

void ram_settle(u64 end)
{
	reach = end;
	complete_all(&settled);
}

void ram_exit(void)
{
	ram_settle(U64_MAX);
	unregister_memory_notifier(&memory_nb);
}
