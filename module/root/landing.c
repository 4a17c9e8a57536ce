// SPDX-License-Identifier: GPL-2.0-only
/*
 * Giving a CPU back.
 *
 * The host state of VMCS01 becomes what L1 is now, and the landing VMCALL is executed once more:
 * its exit loads all of it at once. The processor checks the host state at VM entry as it always
 * does. NMIs are held off from here to the end of landing, because the processor keeps "blocking by
 * NMI" over an exit that no NMI caused.
 */
#include "arch/vmx.h"
#include "arch/x86.h"
#include "arch/fields.h"
#include "cpu.h"
#include "ept01.h"
#include "landing.h"
#include "machine.h"
#include "machine/shared.h"
#include "nested.h"

static const struct {
	u16 host, guest;
} host_from_guest[] = {
	{ HOST_CR0, GUEST_CR0 },
	{ HOST_CR3, GUEST_CR3 },
	{ HOST_CR4, GUEST_CR4 },
	{ HOST_CS_SELECTOR, GUEST_CS_SELECTOR },
	{ HOST_SS_SELECTOR, GUEST_SS_SELECTOR },
	{ HOST_TR_SELECTOR, GUEST_TR_SELECTOR },
	{ HOST_FS_BASE, GUEST_FS_BASE },
	{ HOST_GS_BASE, GUEST_GS_BASE },
	{ HOST_TR_BASE, GUEST_TR_BASE },
	{ HOST_GDTR_BASE, GUEST_GDTR_BASE },
	{ HOST_IDTR_BASE, GUEST_IDTR_BASE },
	{ HOST_IA32_SYSENTER_CS, GUEST_SYSENTER_CS },
	{ HOST_IA32_SYSENTER_ESP, GUEST_SYSENTER_ESP },
	{ HOST_IA32_SYSENTER_EIP, GUEST_SYSENTER_EIP },
	{ HOST_IA32_PAT, GUEST_IA32_PAT },
	{ HOST_IA32_EFER, GUEST_IA32_EFER },
	{ HOST_RSP, GUEST_RSP },
};

/*
 * Linux runs its kernel with null selectors here as a rule; others it restores by hand, see
 * land_cpu().
 */
static const u16 null_selectors[] = {
	HOST_DS_SELECTOR,
	HOST_ES_SELECTOR,
	HOST_FS_SELECTOR,
	HOST_GS_SELECTOR,
};

/*
 * What is cached for VPID 0 is Linux's of before the take-over, and Linux has changed its page
 * tables since. With "enable VPID" clear the last entry and the last exit flush it (SDM "Operations
 * that Invalidate Cached Mappings"), and what root has left there.
 */
static void disable_vpid(void)
{
	m_vmwrite(SECONDARY_VM_EXEC_CONTROL,
		  m_vmread(SECONDARY_VM_EXEC_CONTROL) & ~(u64)SECONDARY_EXEC_ENABLE_VPID);
}

static void become_host(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(host_from_guest); i++)
		m_vmwrite(host_from_guest[i].host, m_vmread(host_from_guest[i].guest));
	for (i = 0; i < ARRAY_SIZE(null_selectors); i++)
		m_vmwrite(null_selectors[i], 0);
	m_vmwrite(HOST_RIP, m_vmread(GUEST_RIP) + m_vmread(VM_EXIT_INSTRUCTION_LEN));
	m_vmwrite(GUEST_INTERRUPTIBILITY_INFO, GUEST_INTR_STATE_NMI);
}

static void tell_linux(struct cpu *cpu)
{
	u64 what = LAND_DONE;

	if (m_vmread(CR4_READ_SHADOW) & X86_CR4_VMXE)
		what |= LAND_VMXE;
	if (cpu->nested.in_vmx)
		what |= LAND_IN_VMX;
	if (!(m_vmread(CR0_READ_SHADOW) & X86_CR0_NE))
		what |= LAND_NE_CLEAR;
	cpu->gpr[GPR_RAX] = what;
	cpu->gpr[GPR_RDX] = cpu->nested.vmxon_ptr;
}

/* If Linux launches this CPU again, VMCS01 is filled anew, and EPT01 begins empty. */
static void land(struct cpu *cpu)
{
	become_host();
	disable_vpid();
	tell_linux(cpu);
	report_event(&cpu->nested, EVENT_LANDING, cpu->config.cpu, 0, 0, 0);
	nested_exit(&cpu->nested);
	ept01_forget(cpu);
	/* Slots are made anew with the first VMCS in them. */
	__builtin_memset(&cpu->nested, 0, offsetof(struct nested, slots));
	cpu->ready = false;
}

void landing_noted(struct cpu *cpu)
{
	if (cpu->config.nmi_noted) {
		cpu->shared->stats.nmis_in_root++;
		cpu->gpr[GPR_RAX] |= LAND_NMI;
	}
	if (cpu->config.mc_noted)
		cpu->gpr[GPR_RAX] |= LAND_MC;
	cpu->config.nmi_noted = 0;
	cpu->config.mc_noted = 0;
}

bool landing_call(struct cpu *cpu)
{
	if (m_vmread(GUEST_RIP) - cpu->config.land_rip >= LAND_FUNCTION_SIZE ||
	    VMX_AR_DPL(m_vmread(GUEST_SS_AR_BYTES)) != 0)
		return false;
	if (cpu->nested.in_vmx && cpu->gpr[GPR_RDI] != LAND_ANYWAY) {
		cpu->gpr[GPR_RAX] = 0;
		guest_advance_rip();
		return true;
	}
	/*
	 * An event that met root is delivered first. RIP has not moved, so L1 executes the call
	 * again when its handler has returned. One that comes later is for Linux, which looks at
	 * what it is told.
	 */
	if (!cpu->config.nmi_noted && !cpu->config.mc_noted && !cpu->nested.nmi_pending &&
	    !cpu->nested.mc_pending)
		land(cpu);
	return true;
}
