/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What L1 finds after an exit of L2 (SDM "Loading Host State"). VMCS01's guest state is written and
 * never assumed, because L1 has changed its own registers since without an exit.
 *
 * This is inline and takes the answer to "is the VMCS a usual one?" as a constant, because nearly
 * all exits load the host state, and for those of a usual VMCS most conditions are known.
 */
#ifndef NESTED_RUN_HOSTSTATE_H
#define NESTED_RUN_HOSTSTATE_H

#include "arch/msr.h"
#include "arch/vmx.h"
#include "arch/x86.h"
#include "machine/contract.h"
#include "state.h"

#define FLAT_LIMIT 0xffffffffu
#define CODE64_AR  0xa09b
#define CODE32_AR  0xc09b
#define DATA_AR	   0xc093

/**
 * struct l2_values - values that L1 inherits from L2, read while VMCS02 is current
 * @efer: EFER, used if the exit does not load it
 * @pat: PAT, used if the exit does not load it
 * @interruptibility: the interruptibility state that L1 gets
 */
struct l2_values {
	u64 efer;
	u64 pat;
	u64 interruptibility;
};

/*
 * SDM "Loading Host Segment and Descriptor-Table Registers". A null selector makes a segment
 * unusable. Base and limit of an unusable segment mean nothing, except the bases of FS and GS.
 */
#define LOAD_DATA_SEGMENT(slot, seg, null)                                      \
	do {                                                                    \
		u64 selector_ = (null) ? 0 : SOFT(slot, HOST_##seg##_SELECTOR); \
		m_vmwrite(GUEST_##seg##_SELECTOR, selector_);                   \
		if (!selector_) {                                               \
			m_vmwrite(GUEST_##seg##_AR_BYTES, VMX_AR_UNUSABLE);     \
		} else {                                                        \
			m_vmwrite(GUEST_##seg##_AR_BYTES, DATA_AR);             \
			m_vmwrite(GUEST_##seg##_LIMIT, FLAT_LIMIT);             \
			m_vmwrite(GUEST_##seg##_BASE, 0);                       \
		}                                                               \
	} while (0)

#define LOAD_STACK_SEGMENT(slot, usual)                                             \
	do {                                                                        \
		if (usual) {                                                        \
			m_vmwrite(GUEST_SS_SELECTOR, SOFT(slot, HOST_SS_SELECTOR)); \
			m_vmwrite(GUEST_SS_AR_BYTES, DATA_AR);                      \
			m_vmwrite(GUEST_SS_LIMIT, FLAT_LIMIT);                      \
			m_vmwrite(GUEST_SS_BASE, 0);                                \
		} else {                                                            \
			LOAD_DATA_SEGMENT(slot, SS, false);                         \
		}                                                                   \
	} while (0)

/* Load the segments, GDTR and IDTR as every exit does; the limits and access rights are fixed. */
ALWAYS_INLINE void load_segments(const struct vmcs_slot *slot, bool host64, bool usual)
{
	m_vmwrite(GUEST_CS_SELECTOR, SOFT(slot, HOST_CS_SELECTOR));
	m_vmwrite(GUEST_CS_AR_BYTES, host64 ? CODE64_AR : CODE32_AR);
	m_vmwrite(GUEST_CS_LIMIT, FLAT_LIMIT);
	m_vmwrite(GUEST_CS_BASE, 0);
	LOAD_STACK_SEGMENT(slot, usual);
	LOAD_DATA_SEGMENT(slot, DS, usual);
	LOAD_DATA_SEGMENT(slot, ES, usual);
	LOAD_DATA_SEGMENT(slot, FS, usual);
	LOAD_DATA_SEGMENT(slot, GS, usual);
	m_vmwrite(GUEST_FS_BASE, SOFT(slot, HOST_FS_BASE));
	m_vmwrite(GUEST_GS_BASE, SOFT(slot, HOST_GS_BASE));
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

/*
 * SDM "Loading Host Control Registers, Debug Registers, MSRs": CR4.PAE is set with a 64-bit host,
 * CR4.PCIDE cleared with a 32-bit one. The bits of CR0 that an exit does not change (CD and NW
 * among them) an entry does not change either.
 */
ALWAYS_INLINE void load_control_registers(const struct vmcs_slot *slot, bool host64, bool usual)
{
	u64 cr4 = SOFT(slot, HOST_CR4);

	m_vmwrite(GUEST_CR0, SOFT(slot, HOST_CR0));
	m_vmwrite(GUEST_CR3, SOFT(slot, HOST_CR3));
	if (usual)
		m_vmwrite(GUEST_CR4, SOFT(slot, HOST_CR4));
	else
		m_vmwrite(GUEST_CR4, host64 ? cr4 | X86_CR4_PAE : cr4 & ~X86_CR4_PCIDE);
	m_vmwrite(GUEST_DR7, DR7_FIXED_1);
}

/*
 * Without the control to load EFER it stays L2's, but LMA and LME follow the host's
 * address-space size.
 */
ALWAYS_INLINE u64 host_efer(const struct vmcs_slot *slot, const struct l2_values *l2, bool host64,
			    bool usual)
{
	if (usual || SOFT(slot, VM_EXIT_CONTROLS) & VM_EXIT_LOAD_IA32_EFER)
		return SOFT(slot, HOST_IA32_EFER);
	return (l2->efer & ~(EFER_LMA | EFER_LME)) | (host64 ? EFER_LMA | EFER_LME : 0);
}

/*
 * Load the MSRs that have a field in VMCS01, and IA32_PERF_GLOBAL_CTRL and IA32_PKRS. Root has no use
 * for the latter, so L1's stays in the processor while root runs.
 */
ALWAYS_INLINE void load_msrs(const struct vmcs_slot *slot, const struct l2_values *l2, bool host64,
			     bool usual)
{
	u32 exit = SOFT(slot, VM_EXIT_CONTROLS);

	m_vmwrite(GUEST_IA32_EFER, host_efer(slot, l2, host64, usual));
	m_vmwrite(GUEST_IA32_PAT,
		  usual || (exit & VM_EXIT_LOAD_IA32_PAT) ? SOFT(slot, HOST_IA32_PAT) : l2->pat);
	m_vmwrite(GUEST_IA32_DEBUGCTL, 0);
	m_vmwrite(GUEST_SYSENTER_CS, SOFT(slot, HOST_IA32_SYSENTER_CS));
	m_vmwrite(GUEST_SYSENTER_ESP, SOFT(slot, HOST_IA32_SYSENTER_ESP));
	m_vmwrite(GUEST_SYSENTER_EIP, SOFT(slot, HOST_IA32_SYSENTER_EIP));
	if (!usual && (exit & VM_EXIT_LOAD_IA32_PERF_GLOBAL_CTRL))
		m_wrmsr_safe(MSR_CORE_PERF_GLOBAL_CTRL, SOFT(slot, HOST_IA32_PERF_GLOBAL_CTRL));
	if (!usual && (exit & VM_EXIT_LOAD_IA32_PKRS))
		m_wrmsr_safe(MSR_IA32_PKRS, SOFT(slot, HOST_IA32_PKRS));
}

/**
 * load_host_state() - load the host state of VMCS12 as L1's state
 * @slot: the VMCS that L2 ran on
 * @l2: the values that L1 inherits
 * @usual: the VMCS is a usual one, so that @l2 is not needed but for its interruptibility
 *
 * VMCS01 is current. Its "IA-32e mode guest" stays as it is: L1's address-space size cannot change
 * between its VMRESUME and the exit.
 */
ALWAYS_INLINE void load_host_state(const struct vmcs_slot *slot, const struct l2_values *l2,
				   const bool usual)
{
	bool host64 = usual || (SOFT(slot, VM_EXIT_CONTROLS) & VM_EXIT_HOST_ADDR_SPACE_SIZE);

	load_control_registers(slot, host64, usual);
	load_segments(slot, host64, usual);
	load_msrs(slot, l2, host64, usual);
	m_vmwrite(GUEST_RIP, SOFT(slot, HOST_RIP));
	m_vmwrite(GUEST_RSP, SOFT(slot, HOST_RSP));
	m_vmwrite(GUEST_RFLAGS, X86_EFLAGS_FIXED);
	m_vmwrite(GUEST_INTERRUPTIBILITY_INFO, l2->interruptibility);
	m_vmwrite(GUEST_PENDING_DBG_EXCEPTIONS, 0);
}

#endif
