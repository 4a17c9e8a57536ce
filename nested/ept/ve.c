// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtualization exceptions of L2 (SDM "Virtualization Exceptions"). EPT02 suppresses all of them,
 * because its violations are not those of EPT12. A violation of EPT12 that the processor would
 * convert is converted here.
 */
#include "arch/reasons.h"
#include "arch/vmx.h"
#include "arch/x86.h"
#include "ept/ve.h"
#include "machine/contract.h"
#include "vmcs/overlay.h"

#define VE_BUSY 0xffffffffu

/* SDM "Virtualization-Exception Information" */
struct ve_information {
	u32 reason;
	u32 busy;
	u64 qualification;
	u64 linear;
	u64 physical;
	u16 eptp_index;
} __attribute__((packed));

static bool delivering_event(void)
{
	return m_vmread(IDT_VECTORING_INFO_FIELD) & INTR_INFO_VALID_MASK;
}

bool ve_convert(struct nested *n, u64 gpa, u64 qualification, u32 *reason)
{
	struct vmcs_slot *slot = n->current;
	u64 area = SOFT(slot, VE_INFORMATION_ADDRESS);
	struct ve_information info;

	m_expect_current(slot->vmcs02);
	if (!(m_vmread(GUEST_CR0) & X86_CR0_PE) || delivering_event())
		return false;
	if (!m_phys_read(area, &info, sizeof(info)) || info.busy)
		return false;
	info = (struct ve_information){
		.reason = EXIT_REASON_EPT_VIOLATION,
		.busy = VE_BUSY,
		.qualification = qualification,
		.linear = m_vmread(GUEST_LINEAR_ADDRESS),
		.physical = gpa,
		.eptp_index = SOFT(slot, EPTP_INDEX),
	};
	m_phys_write(area, &info, sizeof(info));
	/*
	 * RF is set in RFLAGS as a fault saves it (SDM "Resume Flag"), whether it is injected or
	 * causes an exit.
	 */
	m_vmwrite(GUEST_RFLAGS, m_vmread(GUEST_RFLAGS) | X86_EFLAGS_RF);
	if (slot->value[FI_EXCEPTION_BITMAP] & BIT(VE_VECTOR)) {
		*reason = EXIT_REASON_EXCEPTION_NMI;
		overlay_set(slot, FI_VM_EXIT_INTR_INFO,
			    VE_VECTOR | INTR_TYPE_HARD_EXCEPTION | INTR_INFO_VALID_MASK);
		overlay_set(slot, FI_VM_EXIT_REASON, *reason);
		overlay_set(slot, FI_EXIT_QUALIFICATION, 0);
		return true;
	}
	slot->reinjected = true;
	m_vmwrite(VM_ENTRY_INTR_INFO_FIELD,
		  VE_VECTOR | INTR_TYPE_HARD_EXCEPTION | INTR_INFO_VALID_MASK);
	return true;
}
