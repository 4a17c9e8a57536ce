// SPDX-License-Identifier: GPL-2.0-only
/*
 * INIT of L1: the part of the processor that no VMCS holds (SDM "IA-32 and Intel 64 Processor
 * States Following Power-up, Reset, or INIT", a table). The local APIC is left out: disabling it
 * would reset it, but it may be impossible to enable it again.
 */
#include "arch/x86.h"
#include "cpuid.h"
#include "machine/contract.h"
#include "nested.h"

static void reset_debug_registers(void)
{
	asm volatile("mov %0, %%dr0\n\t"
		     "mov %0, %%dr1\n\t"
		     "mov %0, %%dr2\n\t"
		     "mov %0, %%dr3\n\t"
		     "mov %1, %%dr6"
		     :
		     : "r"(0ull), "r"(DR6_FIXED_1));
}

u32 machine_init(void)
{
	m_write_cr2(0);
	reset_debug_registers();
	return cpuid(1).eax;
}
