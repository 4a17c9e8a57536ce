// SPDX-License-Identifier: GPL-2.0-only
/* RDMSR and WRMSR of L1 that exit: root executes them, and a fault becomes L1's. */
#include "arch/msr.h"
#include "arch/x86.h"
#include "cpu.h"
#include "ept01.h"
#include "machine.h"
#include "msr.h"
#include "nested.h"
#include "trapped.h"

static bool is_capability(u32 msr)
{
	return trapped_as(msr, TRAPPED_CAPABILITY);
}

bool machine_rdmsr(struct nested *n, u32 msr, u64 *value)
{
	const struct root_config *config = &cpu_of(n)->config;

	if ((is_capability(msr) && !config->nested) || !m_rdmsr_safe(msr, value))
		return false;
	if (is_capability(msr))
		*value &= ~config->mask[msr - MSR_IA32_VMX_BASIC];
	return true;
}

bool machine_wrmsr(struct nested *n, u32 msr, u64 value)
{
	if (!m_wrmsr_safe(msr, value))
		return false;
	/* EPT02 has memory types of EPT01 where L2 runs without EPT12. */
	if (trapped_as(msr, TRAPPED_MTRR)) {
		machine_forget();
		ept01_reset(cpu_of(n));
		ept02_drop(n);
	}
	return true;
}

void msr_read(struct cpu *cpu)
{
	u64 value;

	if (!machine_rdmsr(&cpu->nested, cpu->gpr[GPR_RCX], &value)) {
		guest_inject_gp();
		return;
	}
	cpu->gpr[GPR_RAX] = (u32)value;
	cpu->gpr[GPR_RDX] = value >> 32;
	guest_advance_rip();
}

/*
 * The processor ignores a microcode update in VMX non-root operation (SDM "Microcode Update
 * Facilities" under "Virtualization"), and so does root: L1's update is not carried out. Its
 * address would be linear in L1's address space.
 */
void msr_write(struct cpu *cpu)
{
	u32 msr = cpu->gpr[GPR_RCX];
	u64 value = (u32)cpu->gpr[GPR_RAX] | cpu->gpr[GPR_RDX] << 32;

	if (trapped_as(msr, TRAPPED_MICROCODE) || machine_wrmsr(&cpu->nested, msr, value))
		guest_advance_rip();
	else
		guest_inject_gp();
}
