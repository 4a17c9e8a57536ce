// SPDX-License-Identifier: GPL-2.0-only
/*
 * L1's own VMCS shadowing: VMREAD and VMWRITE of L2 that reach L1's shadow VMCS without an exit to
 * L1 (SDM "VMCS Shadowing"). The shadow VMCS is in Nestor's format, so the processor cannot do it:
 * every such instruction exits, and is executed here on the slot of the VMCS that the VMCS link
 * pointer names.
 *
 * A memory operand would need L2's own page tables on top of EPT12; those instructions go to L1,
 * which treats them as a hypervisor without shadowing does.
 */
#include "errors.h"
#include "insninfo.h"
#include "machine-contract.h"
#include "nested.h"
#include "reasons.h"

#define FLAGS_OF_RESULT                                                                  \
	(X86_EFLAGS_CF | X86_EFLAGS_PF | X86_EFLAGS_AF | X86_EFLAGS_ZF | X86_EFLAGS_SF | \
	 X86_EFLAGS_OF)
#define ENCODING_BITS 15

/* SDM "VMREAD", "VMWRITE", in VMX non-root operation: these conditions make it exit. */
static bool exits_to_l1(const struct vmcs_slot *slot, u64 bitmap, u64 encoding)
{
	u8 bits;

	if (!slot_uses_secondary(slot, SECONDARY_EXEC_SHADOW_VMCS) || encoding >> ENCODING_BITS)
		return true;
	m_phys_read(bitmap + encoding / 8, &bits, sizeof(bits));
	return bits >> (encoding % 8) & 1;
}

static u64 read_register(const struct nested *n, unsigned int reg, bool long_mode)
{
	u64 value = reg == GPR_RSP ? m_vmread(GUEST_RSP) : n->gpr[reg];

	return long_mode ? value : (u32)value;
}

static void write_register(struct nested *n, unsigned int reg, bool long_mode, u64 value)
{
	if (!long_mode)
		value = (u32)value;
	if (reg == GPR_RSP)
		m_vmwrite(GUEST_RSP, value);
	else
		n->gpr[reg] = value;
}

static void finish(u64 flag)
{
	m_vmwrite(GUEST_RFLAGS, (m_vmread(GUEST_RFLAGS) & ~FLAGS_OF_RESULT) | flag);
	nested_advance_rip();
}

/* The VMCS that the link pointer names, in a slot. VMCS02 is current again afterwards. */
static struct vmcs_slot *linked_slot(struct nested *n)
{
	u64 link = SOFT(n->current, VMCS_LINK_POINTER);
	struct vmcs_slot *slot = slot_find(n, link);

	if (!slot) {
		slot = slot_load(n, link);
		m_vmptrld(n->current->vmcs02);
	}
	return slot;
}

static u64 access_linked(struct nested *n, struct vmcs_slot *link, int field, bool write, u64 value)
{
	if (write)
		slot_write(n, link, field, value);
	else
		value = slot_read(n, link, field);
	m_vmptrld(n->current->vmcs02);
	return value;
}

static bool field_accessible(const struct nested *n, int field, bool write)
{
	return field >= 0 && n->pack[field] &&
	       !(write && field_read_only(field) &&
		 !(n->caps->misc & VMX_MISC_VMWRITE_SHADOW_RO_FIELDS));
}

static void execute(struct nested *n, const struct insn_operand_info *op, u64 encoding, bool write,
		    bool long_mode)
{
	int field = field_index(encoding);
	struct vmcs_slot *link;
	u64 value = 0;

	if (SOFT(n->current, VMCS_LINK_POINTER) == VMX_NO_VMCS) {
		finish(X86_EFLAGS_CF);
		return;
	}
	link = linked_slot(n);
	if (!field_accessible(n, field, write)) {
		/* SDM "Conventions": the number goes to the current VMCS, not to the one linked. */
		slot_override(n->current, FI_VM_INSTRUCTION_ERROR,
			      field >= 0 && n->pack[field] ?
				      VMXERR_VMWRITE_READ_ONLY_VMCS_COMPONENT :
				      VMXERR_UNSUPPORTED_VMCS_COMPONENT);
		finish(X86_EFLAGS_ZF);
		return;
	}
	if (write) {
		value = read_register(n, op->reg1, long_mode);
		value = field_merge(field, encoding, access_linked(n, link, field, false, 0), value,
				    long_mode);
		access_linked(n, link, field, true, value);
	} else {
		value = access_linked(n, link, field, false, 0);
		write_register(n, op->reg1, long_mode, FIELD_HIGH(encoding) ? value >> 32 : value);
	}
	finish(0);
}

bool l2_vmcs_access(struct nested *n, u32 reason)
{
	struct vmcs_slot *slot = n->current;
	bool write = reason == EXIT_REASON_VMWRITE;
	bool long_mode = (m_vmread(GUEST_CS_AR_BYTES) & VMX_AR_L) &&
			 (m_vmread(GUEST_IA32_EFER) & EFER_LMA);
	struct insn_operand_info op;
	u64 encoding;

	insninfo_decode(m_vmread(VMX_INSTRUCTION_INFO), reason, &op);
	encoding = read_register(n, op.reg2, long_mode);
	if (!op.reg_operand ||
	    exits_to_l1(slot, write ? SOFT(slot, VMWRITE_BITMAP) : SOFT(slot, VMREAD_BITMAP),
			encoding))
		return false;
	if (VMX_AR_DPL(m_vmread(GUEST_SS_AR_BYTES)) > 0)
		nested_inject_gp(n);
	else
		execute(n, &op, encoding, write, long_mode);
	return true;
}
