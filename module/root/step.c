// SPDX-License-Identifier: GPL-2.0-only
/*
 * Letting L1 execute exactly one instruction.
 *
 * The monitor trap flag does it where the processor has one. Elsewhere RFLAGS.TF does it, with a
 * #DB that exits. An interrupt in between would push RFLAGS with TF set, so blocking by MOV SS
 * keeps it away. If an NMI or a fault of the instruction does so all the same, the #DB after its
 * IRET still ends the step.
 *
 * The instruction may exit by itself, or another exit come before it is executed. That ends the
 * step too: what comes then is not the one instruction any more, or comes to it again.
 */
#include "arch/msr.h"
#include "arch/vmx.h"
#include "arch/x86.h"
#include "arch/fault.h"
#include "arch/fields.h"
#include "cpu.h"
#include "machine.h"
#include "nested.h"
#include "step.h"

/* A #DB can have these causes. */
#define DR6_CAUSES (DR6_B | DR6_BD | DR6_BS | DR6_BT)

static bool has_monitor_trap(const struct cpu *cpu)
{
	return cpu->caps.proc.allowed1 & CPU_BASED_MONITOR_TRAP_FLAG;
}

static void set_monitor_trap(bool on)
{
	u64 proc = m_vmread(CPU_BASED_VM_EXEC_CONTROL) & ~(u64)CPU_BASED_MONITOR_TRAP_FLAG;

	m_vmwrite(CPU_BASED_VM_EXEC_CONTROL, proc | (on ? CPU_BASED_MONITOR_TRAP_FLAG : 0));
}

/*
 * Blocking by MOV SS delays a pending single-step trap too, and VM entry demands that one is
 * pending then (SDM "Checks on Guest Non-Register State"). It comes after the instruction.
 */
static void block_events(struct cpu *cpu)
{
	cpu->step_blocking = true;
	cpu->step_interruptibility = m_vmread(GUEST_INTERRUPTIBILITY_INFO);
	cpu->step_pending = m_vmread(GUEST_PENDING_DBG_EXCEPTIONS);
	m_vmwrite(GUEST_INTERRUPTIBILITY_INFO,
		  (cpu->step_interruptibility & ~(u64)GUEST_INTR_STATE_STI) |
			  GUEST_INTR_STATE_MOV_SS);
	m_vmwrite(GUEST_PENDING_DBG_EXCEPTIONS, cpu->step_pending | PENDING_DBG_BS);
}

/* The instruction has not been executed: before it L1 is as it was. */
static void unblock_events(struct cpu *cpu)
{
	const u64 blocking = GUEST_INTR_STATE_STI | GUEST_INTR_STATE_MOV_SS;

	if (!cpu->step_blocking)
		return;
	m_vmwrite(GUEST_INTERRUPTIBILITY_INFO, (m_vmread(GUEST_INTERRUPTIBILITY_INFO) & ~blocking) |
						       (cpu->step_interruptibility & blocking));
	m_vmwrite(GUEST_PENDING_DBG_EXCEPTIONS, cpu->step_pending);
}

static void set_trap_flag(struct cpu *cpu)
{
	u64 rflags = m_vmread(GUEST_RFLAGS);

	cpu->step_tf = rflags & X86_EFLAGS_TF;
	cpu->step_btf = m_vmread(GUEST_IA32_DEBUGCTL) & DEBUGCTLMSR_BTF;
	cpu->step_blocking = false;
	m_vmwrite(GUEST_RFLAGS, rflags | X86_EFLAGS_TF);
	m_vmwrite(GUEST_IA32_DEBUGCTL, m_vmread(GUEST_IA32_DEBUGCTL) & ~DEBUGCTLMSR_BTF);
	m_vmwrite(EXCEPTION_BITMAP, BIT(DB_VECTOR));
	if (!(m_vmread(VM_ENTRY_INTR_INFO_FIELD) & INTR_INFO_VALID_MASK))
		block_events(cpu);
}

static void take_trap_flag_back(struct cpu *cpu)
{
	m_vmwrite(EXCEPTION_BITMAP, 0);
	if (!cpu->step_tf)
		m_vmwrite(GUEST_RFLAGS, m_vmread(GUEST_RFLAGS) & ~(u64)X86_EFLAGS_TF);
	if (cpu->step_btf)
		m_vmwrite(GUEST_IA32_DEBUGCTL, m_vmread(GUEST_IA32_DEBUGCTL) | DEBUGCTLMSR_BTF);
}

/*
 * An instruction that touches something else of hidden memory, or begins anew, is still in its
 * step.
 */
void step_begin(struct cpu *cpu)
{
	if (cpu->stepping)
		return;
	cpu->stepping = true;
	if (has_monitor_trap(cpu))
		set_monitor_trap(true);
	else
		set_trap_flag(cpu);
}

void step_end(struct cpu *cpu)
{
	cpu->stepping = false;
	if (has_monitor_trap(cpu))
		set_monitor_trap(false);
	else
		take_trap_flag_back(cpu);
}

/*
 * A handler that has come before the instruction runs with RFLAGS.TF clear. Its IRET sets TF again,
 * and L1 must not get the #DB.
 */
static bool handler_runs(struct cpu *cpu)
{
	return !has_monitor_trap(cpu) && !(m_vmread(GUEST_RFLAGS) & X86_EFLAGS_TF);
}

void step_cut_short(struct cpu *cpu)
{
	if (handler_runs(cpu))
		return;
	step_end(cpu);
	if (!has_monitor_trap(cpu))
		unblock_events(cpu);
}

/* What else DR6 has, only software clears (SDM "Debug Status Register (DR6)"). */
static void tell_in_dr6(u64 causes)
{
	u64 dr6;

	asm volatile("mov %%dr6, %0" : "=r"(dr6));
	asm volatile("mov %0, %%dr6" : : "r"((dr6 & ~DR6_B) | causes));
}

/* L1 gets the #DB that it would have had, for its own breakpoints and its own single step. */
static void give_debug_exception(u64 causes)
{
	struct fault fault;

	tell_in_dr6(causes);
	m_vmwrite(GUEST_IA32_DEBUGCTL, m_vmread(GUEST_IA32_DEBUGCTL) & ~DEBUGCTLMSR_LBR);
	fault_set(&fault, DB_VECTOR);
	guest_inject(&fault);
}

void step_debug_exception(struct cpu *cpu)
{
	u64 causes = m_vmread(EXIT_QUALIFICATION) & DR6_CAUSES;

	if (!(causes & DR6_BS) && handler_runs(cpu)) {
		give_debug_exception(causes);
		return;
	}
	step_end(cpu);
	if (cpu->step_tf && !cpu->step_btf) {
		give_debug_exception(causes);
		return;
	}
	m_vmwrite(GUEST_PENDING_DBG_EXCEPTIONS, 0);
	if (causes & ~DR6_BS)
		give_debug_exception(causes & ~DR6_BS);
}
