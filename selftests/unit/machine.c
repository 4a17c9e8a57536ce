// SPDX-License-Identifier: GPL-2.0-only
/* What nested/ has root do for it, on the model machine. */
#include "nested.h"
#include "processor.h"
#include "ram.h"
#include "arch/x86.h"

bool machine_rdmsr(struct nested *n, u32 msr, u64 *value)
{
	(void)n;
	return hw_rdmsr(msr, value);
}

bool machine_wrmsr(struct nested *n, u32 msr, u64 value)
{
	(void)n;
	return hw_wrmsr(msr, value);
}

u32 machine_init(void)
{
	processor.inits++;
	return PROCESSOR_SIGNATURE;
}

u8 machine_memory_type(struct nested *n, u64 pa, u64 size)
{
	(void)n;
	/* The legacy video memory makes the first large page a mixture. */
	if (pa < 0x100000 && pa + size > 0xa0000)
		return pa >= 0xa0000 && pa + size <= 0xc0000 ? MEM_TYPE_UC :
		       pa + size <= 0x100000 && pa >= 0xc0000 ? MEM_TYPE_WP : 0xff;
	return pa >= RAM_HOLE && pa < RAM_HIGH ? MEM_TYPE_UC : MEM_TYPE_WB;
}
