// SPDX-License-Identifier: GPL-2.0-only
/*
 * VM exits of L2: Nestor's own, or L1's.
 *
 * A reflected exit leaves exit information and guest state where they are, in VMCS02. VMCS01 gets what VMCS12
 * says L1 shall find (SDM "Loading Host State"); its guest state is written and never assumed, because L1 has
 * changed its own registers since without an exit.
 */
#include "machine-contract.h"
#include "nested.h"
#include "reasons.h"

#define MSR_PERF_GLOBAL_CTRL 0x38f
#define DR7_AFTER_EXIT 0x400

/* SDM "Loading Host Control Registers": these bits of CR0 are not changed by a VM exit. */
#define CR0_KEPT (GENMASK_ULL(63, 32) | 0x7ffaffd0ull)

/* L2's values of what L1 may not reload on exit; read while VMCS02 is current. */
struct l2_values {
	u64 efer;
	u64 pat;
	u64 cr0;
	bool by_nmi;
};

static void save_guest_values(struct nested *n, struct vmcs_slot *slot)
{
	u32 exit = SOFT(slot, VM_EXIT_CONTROLS);

	(void)n;
	if (exit & VM_EXIT_SAVE_IA32_EFER)
		SOFT(slot, GUEST_IA32_EFER) = m_vmread(GUEST_IA32_EFER);
	if (exit & VM_EXIT_SAVE_IA32_PAT)
		SOFT(slot, GUEST_IA32_PAT) = m_vmread(GUEST_IA32_PAT);
	if (exit & VM_EXIT_SAVE_DEBUG_CONTROLS) {
		SOFT(slot, GUEST_DR7) = m_vmread(GUEST_DR7);
		SOFT(slot, GUEST_IA32_DEBUGCTL) = m_vmread(GUEST_IA32_DEBUGCTL);
	}
	if (exit & VM_EXIT_SAVE_VMX_PREEMPTION_TIMER)
		SOFT(slot, VMX_PREEMPTION_TIMER_VALUE) = m_vmread(VMX_PREEMPTION_TIMER_VALUE);
	/* An unrestricted guest changes its mode; the processor keeps the entry control up to date. */
	if (slot_uses_secondary(slot, SECONDARY_EXEC_UNRESTRICTED_GUEST))
		SOFT(slot, VM_ENTRY_CONTROLS) =
			(SOFT(slot, VM_ENTRY_CONTROLS) & ~(u64)VM_ENTRY_IA32E_MODE) |
			(m_vmread(VM_ENTRY_CONTROLS) & VM_ENTRY_IA32E_MODE);
}

static bool exit_by_nmi(const struct vmcs_slot *slot, u32 reason)
{
	u32 info;

	if ((reason & VMX_EXIT_REASON_BASIC_MASK) != EXIT_REASON_EXCEPTION_NMI)
		return false;
	info = slot_overridden(slot, FI_VM_EXIT_INTR_INFO) ? SOFT(slot, VM_EXIT_INTR_INFO) :
							     m_vmread(VM_EXIT_INTR_INFO);
	return (info & INTR_INFO_INTR_TYPE_MASK) == INTR_TYPE_NMI_INTR;
}

static void read_l2_values(const struct vmcs_slot *slot, u32 reason, struct l2_values *l2)
{
	u32 exit = SOFT(slot, VM_EXIT_CONTROLS);

	if (!(exit & VM_EXIT_LOAD_IA32_EFER))
		l2->efer = m_vmread(GUEST_IA32_EFER);
	if (!(exit & VM_EXIT_LOAD_IA32_PAT))
		l2->pat = m_vmread(GUEST_IA32_PAT);
	l2->cr0 = m_vmread(GUEST_CR0);
	l2->by_nmi = exit_by_nmi(slot, reason);
	/* With virtual NMIs the guest's blocking is virtual too, and none of the processor's. */
	if (!(SOFT(slot, PIN_BASED_VM_EXEC_CONTROL) & PIN_BASED_VIRTUAL_NMIS))
		l2->by_nmi |= m_vmread(GUEST_INTERRUPTIBILITY_INFO) & GUEST_INTR_STATE_NMI;
}

static void load_segment(unsigned int seg, u64 selector, u64 base, u32 limit, u32 ar)
{
	m_vmwrite(GUEST_ES_SELECTOR + 2 * seg, selector);
	m_vmwrite(GUEST_ES_BASE + 2 * seg, base);
	m_vmwrite(GUEST_ES_LIMIT + 2 * seg, limit);
	m_vmwrite(GUEST_ES_AR_BYTES + 2 * seg, ar);
}

static void load_data_segment(unsigned int seg, u64 selector, u64 base)
{
	load_segment(seg, selector, base, 0xffffffff, selector ? 0xc093 : VMX_AR_UNUSABLE);
}

/* SDM "Loading Host Segment and Descriptor-Table Registers" */
static void load_segments(const struct vmcs_slot *slot, bool host64)
{
	load_segment(SEG_CS, SOFT(slot, HOST_CS_SELECTOR), 0, 0xffffffff, host64 ? 0xa09b : 0xc09b);
	load_data_segment(SEG_ES, SOFT(slot, HOST_ES_SELECTOR), 0);
	load_data_segment(SEG_SS, SOFT(slot, HOST_SS_SELECTOR), 0);
	load_data_segment(SEG_DS, SOFT(slot, HOST_DS_SELECTOR), 0);
	load_data_segment(SEG_FS, SOFT(slot, HOST_FS_SELECTOR), SOFT(slot, HOST_FS_BASE));
	load_data_segment(SEG_GS, SOFT(slot, HOST_GS_SELECTOR), SOFT(slot, HOST_GS_BASE));
	m_vmwrite(GUEST_TR_SELECTOR, SOFT(slot, HOST_TR_SELECTOR));
	m_vmwrite(GUEST_TR_BASE, SOFT(slot, HOST_TR_BASE));
	m_vmwrite(GUEST_TR_LIMIT, 0x67);
	m_vmwrite(GUEST_TR_AR_BYTES, 0x8b);
	m_vmwrite(GUEST_LDTR_SELECTOR, 0);
	m_vmwrite(GUEST_LDTR_AR_BYTES, VMX_AR_UNUSABLE);
	m_vmwrite(GUEST_GDTR_BASE, SOFT(slot, HOST_GDTR_BASE));
	m_vmwrite(GUEST_IDTR_BASE, SOFT(slot, HOST_IDTR_BASE));
	m_vmwrite(GUEST_GDTR_LIMIT, 0xffff);
	m_vmwrite(GUEST_IDTR_LIMIT, 0xffff);
}

static void load_control_registers(const struct vmcs_slot *slot, const struct l2_values *l2, bool host64)
{
	u64 cr4 = SOFT(slot, HOST_CR4);

	/* SDM: CR4.PAE is set with a 64-bit host, CR4.PCIDE cleared with a 32-bit one. */
	cr4 = host64 ? cr4 | X86_CR4_PAE : cr4 & ~X86_CR4_PCIDE;
	m_vmwrite(GUEST_CR0, (SOFT(slot, HOST_CR0) & ~CR0_KEPT) | (l2->cr0 & CR0_KEPT) | X86_CR0_NE);
	m_vmwrite(GUEST_CR3, SOFT(slot, HOST_CR3));
	m_vmwrite(GUEST_CR4, cr4);
	m_vmwrite(GUEST_DR7, DR7_AFTER_EXIT);
}

/* Without the control EFER stays L2's, but LMA and LME follow the host's address-space size. */
static u64 host_efer(const struct vmcs_slot *slot, const struct l2_values *l2, bool host64)
{
	if (SOFT(slot, VM_EXIT_CONTROLS) & VM_EXIT_LOAD_IA32_EFER)
		return SOFT(slot, HOST_IA32_EFER);
	return (l2->efer & ~(EFER_LMA | EFER_LME)) | (host64 ? EFER_LMA | EFER_LME : 0);
}

static void load_msrs(const struct vmcs_slot *slot, const struct l2_values *l2, bool host64)
{
	u32 exit = SOFT(slot, VM_EXIT_CONTROLS);
	u64 controls = m_vmread(VM_ENTRY_CONTROLS);

	m_vmwrite(GUEST_IA32_EFER, host_efer(slot, l2, host64));
	m_vmwrite(GUEST_IA32_PAT, exit & VM_EXIT_LOAD_IA32_PAT ? SOFT(slot, HOST_IA32_PAT) : l2->pat);
	m_vmwrite(GUEST_IA32_DEBUGCTL, 0);
	m_vmwrite(GUEST_SYSENTER_CS, SOFT(slot, HOST_IA32_SYSENTER_CS));
	m_vmwrite(GUEST_SYSENTER_ESP, SOFT(slot, HOST_IA32_SYSENTER_ESP));
	m_vmwrite(GUEST_SYSENTER_EIP, SOFT(slot, HOST_IA32_SYSENTER_EIP));
	if (!(controls & VM_ENTRY_IA32E_MODE) == host64)
		m_vmwrite(VM_ENTRY_CONTROLS, controls ^ VM_ENTRY_IA32E_MODE);
	if (exit & VM_EXIT_LOAD_IA32_PERF_GLOBAL_CTRL)
		m_wrmsr_safe(MSR_PERF_GLOBAL_CTRL, SOFT(slot, HOST_IA32_PERF_GLOBAL_CTRL));
}

static void load_host_state(const struct vmcs_slot *slot, const struct l2_values *l2)
{
	bool host64 = SOFT(slot, VM_EXIT_CONTROLS) & VM_EXIT_HOST_ADDR_SPACE_SIZE;

	load_control_registers(slot, l2, host64);
	load_segments(slot, host64);
	load_msrs(slot, l2, host64);
	m_vmwrite(GUEST_RIP, SOFT(slot, HOST_RIP));
	m_vmwrite(GUEST_RSP, SOFT(slot, HOST_RSP));
	m_vmwrite(GUEST_RFLAGS, X86_EFLAGS_FIXED);
	m_vmwrite(GUEST_INTERRUPTIBILITY_INFO, l2->by_nmi ? GUEST_INTR_STATE_NMI : 0);
	m_vmwrite(GUEST_ACTIVITY_STATE, GUEST_ACTIVITY_ACTIVE);
	m_vmwrite(GUEST_PENDING_DBG_EXCEPTIONS, 0);
}

/* SDM "VMX Aborts": the indicator is written and the processor shuts down. */
static void vmx_abort(struct nested *n, struct vmcs_slot *slot, u32 indicator)
{
	m_phys_write(slot->address + VMCS_ABORT_INDICATOR_OFFSET, &indicator, sizeof(indicator));
	m_vmwrite(GUEST_ACTIVITY_STATE, GUEST_ACTIVITY_SHUTDOWN);
	nested_event(n, EVENT_ENTRY_FAILED, indicator, 0, 0, slot->address);
}

static void account(struct nested *n, struct vmcs_slot *slot, u32 reason)
{
	u32 basic = reason & VMX_EXIT_REASON_BASIC_MASK;

	if (basic >= NR_BASIC_REASONS)
		basic = 0;
	stats(n)->l2_reflected[basic]++;
	slot->tracked->exits[basic]++;
	if (!(reason & VMX_EXIT_REASON_FAILED_VMENTRY))
		return;
	stats(n)->entry_failures++;
	nested_event(n, EVENT_ENTRY_FAILED, reason, m_vmread(EXIT_QUALIFICATION), 0, slot->address);
}

void nested_reflect(struct nested *n, u32 reason)
{
	struct vmcs_slot *slot = n->current;
	bool failed = reason & VMX_EXIT_REASON_FAILED_VMENTRY;
	u32 stored = 0;
	struct l2_values l2 = {};

	/* The processor's own answer stands unless software made the exit, or another of it. */
	if ((u32)m_vmread(VM_EXIT_REASON) != reason)
		slot_override(slot, FI_VM_EXIT_REASON, reason);
	account(n, slot, reason);
	read_l2_values(slot, reason, &l2);
	if (!failed) {
		save_guest_values(n, slot);
		if (unlikely(SOFT(slot, VM_EXIT_MSR_STORE_COUNT)))
			stored = msr_list_store(n, SOFT(slot, VM_EXIT_MSR_STORE_ADDR),
						SOFT(slot, VM_EXIT_MSR_STORE_COUNT));
	}
	shadow_from_slot(n, slot);
	m_vmptrld(n->vmcs01);
	n->in_l2 = false;
	n->shared->in_l2 = 0;
	n->launch = false;
	load_host_state(slot, &l2);
	if (!slot_uses_secondary(slot, SECONDARY_EXEC_ENABLE_VPID))
		m_invvpid(VMX_VPID_EXTENT_SINGLE_CONTEXT, VPID_L1, 0);
	if (stored)
		vmx_abort(n, slot, VMX_ABORT_SAVE_GUEST_MSR_FAIL);
	else if (unlikely(SOFT(slot, VM_EXIT_MSR_LOAD_COUNT)) &&
		 msr_list_load(n, SOFT(slot, VM_EXIT_MSR_LOAD_ADDR), SOFT(slot, VM_EXIT_MSR_LOAD_COUNT)))
		vmx_abort(n, slot, VMX_ABORT_LOAD_HOST_MSR_FAIL);
}

/* What the last exit left in software is void, but for the error of an instruction, which exits do not touch. */
static void forget_overrides(struct vmcs_slot *slot)
{
	u64 error = slot->override[FI_VM_INSTRUCTION_ERROR / 64] & BIT_ULL(FI_VM_INSTRUCTION_ERROR % 64);

	__builtin_memset(slot->override, 0, sizeof(slot->override));
	slot->override[FI_VM_INSTRUCTION_ERROR / 64] = error;
}

/* An IRET that met an EPT violation has unblocked NMIs; it will be executed again (exit qualification, bit 12). */
static void block_nmis_again(void)
{
	if (m_vmread(IDT_VECTORING_INFO_FIELD) & INTR_INFO_VALID_MASK)
		return;
	if (m_vmread(EXIT_QUALIFICATION) & EPT_VIOLATION_NMI_UNBLOCKED)
		m_vmwrite(GUEST_INTERRUPTIBILITY_INFO,
			  m_vmread(GUEST_INTERRUPTIBILITY_INFO) | GUEST_INTR_STATE_NMI);
}

static bool answer_ept_violation(struct nested *n, u32 *reason)
{
	if (!ept02_violation(n, reason))
		return false;
	block_nmis_again();
	nested_reinject(n);
	return true;
}

/* SDM "EPTP Switching": VM function 0, which VMCS02 makes exit. */
static bool answer_vmfunc(struct nested *n)
{
	struct vmcs_slot *slot = n->current;
	u64 index = (u32)n->gpr[GPR_RCX], eptp;

	if ((u32)n->gpr[GPR_RAX] || !(SOFT(slot, VM_FUNCTION_CONTROL) & VMX_VMFUNC_EPTP_SWITCHING) ||
	    index >= VMFUNC_EPTP_ENTRIES)
		return false;
	m_phys_read(SOFT(slot, EPTP_LIST_ADDRESS) + index * 8, &eptp, sizeof(eptp));
	if (!eptp_valid(n, eptp))
		return false;
	SOFT(slot, EPT_POINTER) = eptp;
	SOFT(slot, EPTP_INDEX) = index;
	m_vmwrite(EPT_POINTER, ept02_use(n, slot));
	m_vmwrite(GUEST_RIP, m_vmread(GUEST_RIP) + m_vmread(VM_EXIT_INSTRUCTION_LEN));
	return true;
}

/* Is the exit Nestor's own, and answered? */
static bool own_exit(struct nested *n, u32 *reason)
{
	switch (*reason) {
	case EXIT_REASON_EPT_VIOLATION:
		return answer_ept_violation(n, reason);
	case EXIT_REASON_VMFUNC:
		return answer_vmfunc(n);
	default:
		return false;
	}
}

void nested_l2_exit(struct nested *n, u32 reason)
{
	struct vmcs_slot *slot = n->current;
	u32 basic = reason & VMX_EXIT_REASON_BASIC_MASK;

	forget_overrides(slot);
	if (!(reason & VMX_EXIT_REASON_FAILED_VMENTRY)) {
		slot_set_launched(n, slot);
		stats(n)->entries += !!n->entry_reason;
		slot->tracked->entries += !!n->entry_reason;
	}
	n->entry_reason = 0;
	n->launch = false;
	if (own_exit(n, &reason)) {
		stats(n)->l2_own[basic < NR_BASIC_REASONS ? basic : 0]++;
		return;
	}
	nested_reflect(n, reason);
}
