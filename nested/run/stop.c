// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stopping L1 or L2 on its next instruction boundary, by a preemption timer that has run out.
 */
#include "arch/vmx.h"
#include "machine/contract.h"
#include "run/stop.h"

static bool has_timer(const struct nested *n)
{
	return n->caps->pin.allowed1 & PIN_BASED_VMX_PREEMPTION_TIMER;
}

bool stop_at_boundary(struct nested *n)
{
	struct vmcs_slot *slot = n->current;

	m_expect_current(slot->vmcs02);
	if (!has_timer(n))
		return false;
	if (slot->own_timer)
		return true;
	if (slot->merged.timer) {
		n->l2_timer = m_vmread(VMX_PREEMPTION_TIMER_VALUE);
		if (!n->l2_timer)
			return true;
	}
	slot->own_timer = true;
	m_vmwrite(PIN_BASED_VM_EXEC_CONTROL,
		  m_vmread(PIN_BASED_VM_EXEC_CONTROL) | PIN_BASED_VMX_PREEMPTION_TIMER);
	m_vmwrite(VMX_PREEMPTION_TIMER_VALUE, 0);
	return true;
}

void stop_end(struct nested *n, struct vmcs_slot *slot)
{
	m_expect_current(slot->vmcs02);
	if (likely(!slot->own_timer))
		return;
	slot->own_timer = false;
	m_vmwrite(PIN_BASED_VM_EXEC_CONTROL, SOFT(slot, PIN_BASED_VM_EXEC_CONTROL));
	if (slot->merged.timer)
		m_vmwrite(VMX_PREEMPTION_TIMER_VALUE, n->l2_timer);
}

bool stop_l1_at_boundary(const struct nested *n)
{
	m_expect_current(n->vmcs01);
	if (!has_timer(n))
		return false;
	m_vmwrite(PIN_BASED_VM_EXEC_CONTROL,
		  m_vmread(PIN_BASED_VM_EXEC_CONTROL) | PIN_BASED_VMX_PREEMPTION_TIMER);
	m_vmwrite(VMX_PREEMPTION_TIMER_VALUE, 0);
	return true;
}

void stop_l1_end(const struct nested *n)
{
	m_expect_current(n->vmcs01);
	m_vmwrite(PIN_BASED_VM_EXEC_CONTROL,
		  m_vmread(PIN_BASED_VM_EXEC_CONTROL) & ~(u64)PIN_BASED_VMX_PREEMPTION_TIMER);
}
