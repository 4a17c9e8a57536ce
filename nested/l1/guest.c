// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest of whatever VMCS is current: moving on to the next instruction, faults, and events that
 * are delivered again.
 */
#include "arch/msr.h"
#include "arch/vmx.h"
#include "arch/x86.h"
#include "l1/guest.h"
#include "machine/contract.h"

/*
 * With BTF set, RFLAGS.TF traps at the next branch and not at the next instruction (SDM "Debug Trap
 * and Single-Step").
 */
static bool single_steps(u64 rflags)
{
	return (rflags & X86_EFLAGS_TF) && !(m_vmread(GUEST_IA32_DEBUGCTL) & DEBUGCTLMSR_BTF);
}

/*
 * A single-step trap that RFLAGS.TF asks for becomes pending, as SDM "Pending Debug
 * Exceptions" says.
 */
void guest_advance_rip(void)
{
	u64 rip = m_vmread(GUEST_RIP) + m_vmread(VM_EXIT_INSTRUCTION_LEN);
	u64 blocking = m_vmread(GUEST_INTERRUPTIBILITY_INFO);
	u64 rflags = m_vmread(GUEST_RFLAGS);

	if (!(m_vmread(GUEST_CS_AR_BYTES) & VMX_AR_L))
		rip = (u32)rip;
	m_vmwrite(GUEST_RIP, rip);
	if (blocking & (GUEST_INTR_STATE_STI | GUEST_INTR_STATE_MOV_SS))
		m_vmwrite(GUEST_INTERRUPTIBILITY_INFO,
			  blocking & ~(u64)(GUEST_INTR_STATE_STI | GUEST_INTR_STATE_MOV_SS));
	if (unlikely(single_steps(rflags)))
		m_vmwrite(GUEST_PENDING_DBG_EXCEPTIONS,
			  m_vmread(GUEST_PENDING_DBG_EXCEPTIONS) | PENDING_DBG_BS);
	if (unlikely(rflags & X86_EFLAGS_RF))
		m_vmwrite(GUEST_RFLAGS, rflags & ~X86_EFLAGS_RF);
}

void guest_inject(const struct fault *fault)
{
	u32 info = fault->vector | INTR_TYPE_HARD_EXCEPTION | INTR_INFO_VALID_MASK;

	/* Without CR0.PE no exception pushes an error code (SDM "VM-Entry Control Fields"). */
	if (fault->has_error && (m_vmread(GUEST_CR0) & X86_CR0_PE)) {
		info |= INTR_INFO_DELIVER_CODE_MASK;
		m_vmwrite(VM_ENTRY_EXCEPTION_ERROR_CODE, fault->error);
	}
	if (fault->vector == PF_VECTOR)
		m_write_cr2(fault->cr2);
	/*
	 * A fault pushes RFLAGS with RF set (SDM "Instruction Breakpoint Exception Condition"). A
	 * #DB comes from an exit that has saved RF as the #DB would have pushed it.
	 */
	if (likely(fault->vector != DB_VECTOR))
		m_vmwrite(GUEST_RFLAGS, m_vmread(GUEST_RFLAGS) | X86_EFLAGS_RF);
	m_vmwrite(VM_ENTRY_INTR_INFO_FIELD, info);
}

void guest_inject_gp(void)
{
	struct fault fault;

	fault_set_error(&fault, GP_VECTOR, 0);
	guest_inject(&fault);
}

void guest_inject_ud(void)
{
	struct fault fault;

	fault_set(&fault, UD_VECTOR);
	guest_inject(&fault);
}

bool guest_reinject(void)
{
	u32 info = m_vmread(IDT_VECTORING_INFO_FIELD);
	u32 type = info & INTR_INFO_INTR_TYPE_MASK;

	if (likely(!(info & INTR_INFO_VALID_MASK)))
		return false;
	/*
	 * Without CR0.PE no error code may be injected, whatever the exit said (SDM "VM-Entry
	 * Control Fields").
	 */
	if ((info & INTR_INFO_DELIVER_CODE_MASK) && !(m_vmread(GUEST_CR0) & X86_CR0_PE))
		info &= ~INTR_INFO_DELIVER_CODE_MASK;
	/* Bit 12 is undefined in the exit's field and reserved in the entry's. */
	m_vmwrite(VM_ENTRY_INTR_INFO_FIELD,
		  info & ~(INTR_INFO_RESVD_BITS_MASK & ~INTR_INFO_NESTED_EXCEPTION));
	if (info & INTR_INFO_DELIVER_CODE_MASK)
		m_vmwrite(VM_ENTRY_EXCEPTION_ERROR_CODE, m_vmread(IDT_VECTORING_ERROR_CODE));
	if (type == INTR_TYPE_SOFT_INTR || type == INTR_TYPE_PRIV_SW_EXCEPTION ||
	    type == INTR_TYPE_SOFT_EXCEPTION)
		m_vmwrite(VM_ENTRY_INSTRUCTION_LEN, m_vmread(VM_EXIT_INSTRUCTION_LEN));
	/* The NMI is delivered once more, so it must not be blocked by itself. */
	if (type == INTR_TYPE_NMI_INTR)
		m_vmwrite(GUEST_INTERRUPTIBILITY_INFO,
			  m_vmread(GUEST_INTERRUPTIBILITY_INFO) & ~(u64)GUEST_INTR_STATE_NMI);
	return true;
}

/*
 * While MOV SS blocks events, a pending trap is one that MOV SS has delayed, and VM entry demands
 * that it is pending.
 */
void guest_drop_trap(void)
{
	u64 pending = m_vmread(GUEST_PENDING_DBG_EXCEPTIONS);

	if (unlikely(pending & PENDING_DBG_BS) &&
	    !(m_vmread(GUEST_INTERRUPTIBILITY_INFO) & GUEST_INTR_STATE_MOV_SS))
		m_vmwrite(GUEST_PENDING_DBG_EXCEPTIONS, pending & ~PENDING_DBG_BS);
}

/*
 * The exit has cleared RF (SDM "Saving RIP, RSP, RFLAGS, and SSP"), but the instruction breakpoints
 * of the instruction have been handled.
 */
void guest_retry(void)
{
	guest_drop_trap();
	m_vmwrite(GUEST_RFLAGS, m_vmread(GUEST_RFLAGS) | X86_EFLAGS_RF);
}

void guest_block_nmis(void)
{
	if (m_vmread(IDT_VECTORING_INFO_FIELD) & INTR_INFO_VALID_MASK)
		return;
	if ((m_vmread(EXIT_QUALIFICATION) & EPT_VIOLATION_NMI_UNBLOCKED) &&
	    !(m_vmread(VM_ENTRY_INTR_INFO_FIELD) & INTR_INFO_VALID_MASK))
		m_vmwrite(GUEST_INTERRUPTIBILITY_INFO,
			  m_vmread(GUEST_INTERRUPTIBILITY_INFO) | GUEST_INTR_STATE_NMI);
}
