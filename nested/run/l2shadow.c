// SPDX-License-Identifier: GPL-2.0-only
/*
 * L1's own VMCS shadowing: VMREAD and VMWRITE of L2 that reach L1's shadow VMCS without an exit to
 * L1 (SDM "VMCS Shadowing"). The processor executes them, with all faults and results.
 *
 * It cannot do so from the start, because L1's shadow VMCS is in Nestor's format and may be in no
 * slot. The first such instruction after an entry exits. VMCS02 then links the shadow VMCS of a
 * slot, which is the home of the VMCS that VMCS12 links (slot_in_shadow()). This ends with the next
 * exit that is L1's.
 */
#include "arch/insninfo.h"
#include "arch/msr.h"
#include "arch/reasons.h"
#include "arch/vmx.h"
#include "arch/x86.h"
#include "l1/guest.h"
#include "machine/contract.h"
#include "run/l2shadow.h"
#include "vmcs/slot.h"

#define ENCODING_BITS 15

/* Does the instruction exit in VMX non-root operation (SDM "VMREAD", "VMWRITE")? */
static bool exits_to_l1(u64 bitmap, u64 encoding)
{
	u8 bits;

	if (encoding >> ENCODING_BITS)
		return true;
	return !m_phys_read(bitmap + encoding / 8, &bits, sizeof(bits)) ||
	       (bits >> (encoding % 8) & 1);
}

static u64 encoding_operand(const struct nested *n, u32 reason)
{
	bool long_mode = (m_vmread(GUEST_CS_AR_BYTES) & VMX_AR_L) &&
			 (m_vmread(GUEST_IA32_EFER) & EFER_LMA);
	struct insn_operand_info op;
	u64 value;

	insninfo_decode(m_vmread(VMX_INSTRUCTION_INFO), reason, &op);
	value = op.reg2 == GPR_RSP ? m_vmread(GUEST_RSP) : n->gpr[op.reg2];
	return long_mode ? value : (u32)value;
}

/*
 * The processor can do it only by its own VMCS shadowing, and must not be given a page of Nestor's
 * as a bitmap. Otherwise L1 gets the exit, as a hypervisor without shadowing does.
 */
static bool can_switch_on(const struct nested *n, const struct vmcs_slot *slot)
{
	return slot_uses_secondary(slot, SECONDARY_EXEC_SHADOW_VMCS) && n->shadowing &&
	       !n->shadowed_l2 && !machine_block_hidden(SOFT(slot, VMREAD_BITMAP) >> 21) &&
	       !machine_block_hidden(SOFT(slot, VMWRITE_BITMAP) >> 21);
}

/* The slot of the VMCS that VMCS12 links, or NULL. What is current afterwards is undefined. */
static struct vmcs_slot *linked_slot(struct nested *n)
{
	u64 link = SOFT(n->current, VMCS_LINK_POINTER);
	struct vmcs_slot *slot;

	if (link == VMX_NO_VMCS)
		return NULL;
	slot = slot_find(n, link);
	if (!slot) {
		m_vmptrld(n->vmcs01);
		slot = slot_load(n, link);
	}
	/* At VM entry it was marked as a shadow VMCS, but L1 may have changed that since. */
	return slot_in_shadow(n, slot) ? slot : NULL;
}

/*
 * Move an error number that software has left to the current VMCS, which is one of @slot: there the
 * processor reads it, and may write a later one.
 */
static void hand_over_error(struct vmcs_slot *slot)
{
	if (!overlay_has(slot, FI_VM_INSTRUCTION_ERROR))
		return;
	m_vmwrite(VM_INSTRUCTION_ERROR, SOFT(slot, VM_INSTRUCTION_ERROR));
	overlay_forget(slot, FI_VM_INSTRUCTION_ERROR);
}

static void switch_on(struct nested *n, struct vmcs_slot *slot)
{
	struct vmcs_slot *link = linked_slot(n);

	if (link) {
		m_vmptrld(link->shadow);
		hand_over_error(link);
	}
	m_vmptrld(slot->vmcs02);
	hand_over_error(slot);
	m_vmwrite(VMREAD_BITMAP, SOFT(slot, VMREAD_BITMAP));
	m_vmwrite(VMWRITE_BITMAP, SOFT(slot, VMWRITE_BITMAP));
	m_vmwrite(VMCS_LINK_POINTER, link ? link->shadow : VMX_NO_VMCS);
	m_vmwrite(SECONDARY_VM_EXEC_CONTROL,
		  m_vmread(SECONDARY_VM_EXEC_CONTROL) | SECONDARY_EXEC_SHADOW_VMCS);
	n->shadowed_l2 = true;
}

bool l2shadow_access(struct nested *n, u32 reason)
{
	struct vmcs_slot *slot = n->current;
	u64 bitmap = reason == EXIT_REASON_VMWRITE ? SOFT(slot, VMWRITE_BITMAP) :
						     SOFT(slot, VMREAD_BITMAP);

	m_expect_current(slot->vmcs02);
	if (!can_switch_on(n, slot) || exits_to_l1(bitmap, encoding_operand(n, reason)))
		return false;
	switch_on(n, slot);
	guest_retry();
	return true;
}

void l2shadow_take_back(struct nested *n)
{
	m_expect_current(n->vmcs01);
	if (!n->shadowed_l2)
		return;
	m_vmptrld(n->current->vmcs02);
	m_vmwrite(VMCS_LINK_POINTER, VMX_NO_VMCS);
	m_vmwrite(SECONDARY_VM_EXEC_CONTROL,
		  m_vmread(SECONDARY_VM_EXEC_CONTROL) & ~(u64)SECONDARY_EXEC_SHADOW_VMCS);
	m_vmptrld(n->vmcs01);
	n->shadowed_l2 = false;
}
