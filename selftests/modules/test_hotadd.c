// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_hotadd: memory that comes while the machine runs, as of a DIMM that is plugged in.
 *
 *	insmod test_hotadd.ko start=ADDRESS size=BYTES		rmmod takes it away
 *
 * The range is one that the firmware's memory map has not, or that mem= on the kernel's command line has
 * cut off. It is offline afterwards: /sys/devices/system/memory says how to change that.
 */
#include <linux/memory_hotplug.h>
#include <linux/module.h>

static unsigned long start;
module_param(start, ulong, 0444);
MODULE_PARM_DESC(start, "physical address, a multiple of the size of a memory block");

static unsigned long size;
module_param(size, ulong, 0444);
MODULE_PARM_DESC(size, "bytes, a multiple of the same");

static int __init hotadd_init(void)
{
	return add_memory(0, start, size, MHP_NONE);
}

static void __exit hotadd_exit(void)
{
	int err = offline_and_remove_memory(start, size);

	if (err)
		pr_err("test_hotadd: %#lx stays: %d\n", start, err);
}

module_init(hotadd_init);
module_exit(hotadd_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Memory that comes while the machine runs");
