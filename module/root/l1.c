// SPDX-License-Identifier: GPL-2.0-only
/*
 * L1's exits that are not VMX instructions. L1 gets what it would have got without Nestor; VMX
 * instructions go to nested/.
 */
#include "arch/msr.h"
#include "arch/vmx.h"
#include "arch/x86.h"
#include "arch/fields.h"
#include "arch/reasons.h"
#include "cpu.h"
#include "cpuid.h"
#include "ept01.h"
#include "fault.h"
#include "l1.h"
#include "landing.h"
#include "machine.h"
#include "msr.h"
#include "nested.h"
#include "step.h"

#define CPUID_1_ECX_VMX BIT(5)

static struct cpuid execute_cpuid(u32 leaf, u32 subleaf)
{
	struct cpuid id = { .eax = leaf, .ecx = subleaf };

	asm volatile("cpuid" : "+a"(id.eax), "=b"(id.ebx), "+c"(id.ecx), "=d"(id.edx));
	return id;
}

/*
 * Whether Key Locker is on depends on CR4.KL and on firmware (SDM "CPUID - CPU Identification",
 * leaf 19H), so it must be asked with L1's CR4.KL.
 */
static struct cpuid key_locker(u32 subleaf)
{
	struct cpuid id;
	u64 cr4;

	asm volatile("mov %%cr4, %0" : "=r"(cr4));
	asm volatile("mov %0, %%cr4" : : "r"(cr4 | (m_vmread(GUEST_CR4) & X86_CR4_KL)));
	id = execute_cpuid(CPUID_KEY_LOCKER, subleaf);
	asm volatile("mov %0, %%cr4" : : "r"(cr4));
	return id;
}

static void show_l1(struct cpuid *id, u32 leaf, u32 subleaf)
{
	bool long_mode = (m_vmread(GUEST_CS_AR_BYTES) & VMX_AR_L) &&
			 (m_vmread(GUEST_IA32_EFER) & EFER_LMA);

	cpuid_show(id, leaf, subleaf, m_vmread(GUEST_CR4), long_mode);
}

static void l1_cpuid(struct cpu *cpu)
{
	u32 leaf = cpu->gpr[GPR_RAX], subleaf = cpu->gpr[GPR_RCX];
	struct cpuid id = leaf == CPUID_KEY_LOCKER ? key_locker(subleaf) :
						     execute_cpuid(leaf, subleaf);

	if (cpuid_shows(leaf))
		show_l1(&id, leaf, subleaf);
	if (leaf == 1 && !cpu->config.nested)
		id.ecx &= ~CPUID_1_ECX_VMX;
	cpu->gpr[GPR_RAX] = id.eax;
	cpu->gpr[GPR_RBX] = id.ebx;
	cpu->gpr[GPR_RCX] = id.ecx;
	cpu->gpr[GPR_RDX] = id.edx;
	guest_advance_rip();
}

static void l1_xsetbv(struct cpu *cpu)
{
	u64 value = (u32)cpu->gpr[GPR_RAX] | cpu->gpr[GPR_RDX] << 32;

	if (m_xsetbv_safe(cpu->gpr[GPR_RCX], value))
		guest_advance_rip();
	else
		guest_inject_gp();
}

/*
 * INVD would lose what root has written. To write back first is allowed, because caches may do so
 * at any time.
 */
static void l1_invd(void)
{
	asm volatile("wbinvd" : : : "memory");
	guest_advance_rip();
}

/* SDM "MP Initialization Protocol Algorithm": L1 begins at the vector, with nothing blocked. */
static void l1_sipi(void)
{
	u64 vector = m_vmread(EXIT_QUALIFICATION) & 0xff;

	m_vmwrite(GUEST_CS_SELECTOR, vector << 8);
	m_vmwrite(GUEST_CS_BASE, vector << 12);
	m_vmwrite(GUEST_RIP, 0);
	m_vmwrite(GUEST_INTERRUPTIBILITY_INFO, 0);
	m_vmwrite(GUEST_ACTIVITY_STATE, GUEST_ACTIVITY_ACTIVE);
}

/* A triple fault of L1 shuts the machine down, so leave VMX operation and make one. */
static void l1_triple_fault(void)
{
	static const struct {
		u16 limit;
		u64 base;
	} __attribute__((packed)) no_idt;

	asm volatile("vmxoff\n"
		     "lidt %0\n"
		     "ud2\n"
		     :
		     : "m"(no_idt));
	__builtin_unreachable();
}

/*
 * VMCS01 is root's own work. After a first refusal root takes out what it may have put there last;
 * a second one is the end of the machine.
 */
void l1_refused(struct cpu *cpu, u64 detail)
{
	fault_bug(cpu, BUG_ENTRY_REFUSED, detail);
	if (cpu->refused++)
		l1_triple_fault();
	m_vmwrite(VM_ENTRY_INTR_INFO_FIELD, 0);
	ept01_hide(cpu);
	if (cpu->stepping)
		step_end(cpu);
	cpu->config.launch = 0;
}

static void l1_cr_access(struct cpu *cpu)
{
	if (!l1state_cr_access(&cpu->nested, cpu->config.nested))
		fault_bug(cpu, BUG_EXIT_REASON, EXIT_REASON_CR_ACCESS);
}

static void l1_vmx_instruction(struct cpu *cpu, u32 reason)
{
	if (reason == EXIT_REASON_VMCALL && landing_call(cpu))
		return;
	vmxinsn_execute(&cpu->nested, reason);
}

/* VMX instructions; VMCS01 asks for no exit for any other reason. */
static void l1_other(struct cpu *cpu, u32 reason)
{
	if (vmxinsn_is_one(reason)) {
		l1_vmx_instruction(cpu, reason);
		return;
	}
	fault_bug(cpu, BUG_EXIT_REASON, reason);
	guest_inject_ud();
}

/* NMIs exit only while one waits for its window, so this is the next. */
static void l1_exception(struct cpu *cpu)
{
	if ((m_vmread(VM_EXIT_INTR_INFO) & INTR_INFO_VECTOR_MASK) == DB_VECTOR)
		step_debug_exception(cpu);
	else
		events_second_nmi(&cpu->nested);
}

static bool is_debug_exception(u32 reason)
{
	return reason == EXIT_REASON_EXCEPTION_NMI &&
	       (m_vmread(VM_EXIT_INTR_INFO) & INTR_INFO_VECTOR_MASK) == DB_VECTOR;
}

/* With INIT everything ends, and no handler returns. */
static bool is_init(struct cpu *cpu, u32 reason)
{
	return reason == EXIT_REASON_INIT_SIGNAL && !cpu->nested.in_vmx;
}

/*
 * A step shows hidden memory to one instruction, so it is hidden again at every exit but one that
 * shows more of it.
 */
static __attribute__((noinline)) void exit_in_step(struct cpu *cpu, u32 reason)
{
	if (reason == EXIT_REASON_EPT_VIOLATION)
		return;
	ept01_hide(cpu);
	if (reason == EXIT_REASON_MONITOR_TRAP_FLAG || is_init(cpu, reason))
		step_end(cpu);
	else if (!is_debug_exception(reason))
		step_cut_short(cpu);
}

static void count(struct cpu *cpu, u32 reason)
{
	cpu->shared->stats.l1_exits[reason_counter(reason)]++;
}

void l1_exit(struct cpu *cpu, u32 reason)
{
	count(cpu, reason & VMX_EXIT_REASON_BASIC_MASK);
	if (unlikely(reason & VMX_EXIT_REASON_FAILED_VMENTRY)) {
		if (!events_entry_failed(&cpu->nested, reason))
			l1_refused(cpu, reason);
		return;
	}
	cpu->refused = 0;
	/*
	 * The other bits tell of circumstances, as of enclaves (SDM "Basic VM-Exit Information").
	 */
	reason &= VMX_EXIT_REASON_BASIC_MASK;
	if (unlikely(cpu->stepping))
		exit_in_step(cpu, reason);
	switch (reason) {
	case EXIT_REASON_CPUID:
		l1_cpuid(cpu);
		break;
	case EXIT_REASON_EPT_VIOLATION:
		ept01_violation(cpu);
		break;
	case EXIT_REASON_MONITOR_TRAP_FLAG:
		/* exit_in_step() has done it all. */
		break;
	case EXIT_REASON_CR_ACCESS:
		l1_cr_access(cpu);
		break;
	case EXIT_REASON_MSR_READ:
		msr_read(cpu);
		break;
	case EXIT_REASON_MSR_WRITE:
		msr_write(cpu);
		break;
	case EXIT_REASON_XSETBV:
		l1_xsetbv(cpu);
		break;
	case EXIT_REASON_INVD:
		l1_invd();
		break;
	case EXIT_REASON_INIT_SIGNAL:
		events_init_signal(&cpu->nested);
		break;
	case EXIT_REASON_SIPI_SIGNAL:
		l1_sipi();
		break;
	case EXIT_REASON_TRIPLE_FAULT:
		l1_triple_fault();
		break;
	case EXIT_REASON_NMI_WINDOW:
		events_nmi_window(&cpu->nested);
		break;
	case EXIT_REASON_EXCEPTION_NMI:
		l1_exception(cpu);
		break;
	case EXIT_REASON_PREEMPTION_TIMER:
		events_boundary(&cpu->nested);
		break;
	default:
		l1_other(cpu, reason);
	}
}
