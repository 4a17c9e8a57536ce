// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VMX instructions of L1 (SDM "VMX Instruction Reference"): when they raise #UD, when they
 * fault, how they fail. VMLAUNCH and VMRESUME go on in entry.c.
 */
#include "arch/errors.h"
#include "arch/insninfo.h"
#include "arch/msr.h"
#include "arch/reasons.h"
#include "arch/vmx.h"
#include "arch/x86.h"
#include "ept/ept02.h"
#include "l1/guest.h"
#include "l1/l1state.h"
#include "l1/operand.h"
#include "l1/undefined.h"
#include "machine/contract.h"
#include "run/checks.h"
#include "run/entry.h"
#include "run/insn.h"
#include "run/result.h"
#include "run/vmxinsn.h"
#include "vmcs/slot.h"

bool vmxinsn_is_one(u32 reason)
{
	return insns_kind(reason) >= 0;
}

/* A VMXON or VMCS pointer must be aligned to 4 KBytes and within the physical-address width. */
static bool pointer_valid(const struct nested *n, u64 pointer)
{
	unsigned int width = n->caps->basic & VMX_BASIC_32BIT_PHYS_ADDR_ONLY ? 32 :
									       n->caps->maxphyaddr;

	return !(pointer & PAGE_4K_MASK) && !(pointer >> width);
}

static bool revision_valid(const struct nested *n, u64 pointer, bool shadow_allowed)
{
	u32 revision;

	m_phys_read(pointer, &revision, sizeof(revision));
	if (shadow_allowed && (n->caps->proc2.allowed1 & SECONDARY_EXEC_SHADOW_VMCS))
		revision &= ~VMCS_SHADOW_INDICATOR;
	return revision == VMX_BASIC_REVISION(n->caps->basic);
}

/*
 * Are CR0 and CR4 as VMX operation demands? Else VMXON raises #GP(0) (SDM "VMXON"). CR0 is what L1
 * sees, NE included.
 */
static bool control_registers_allow_vmxon(const struct nested *n)
{
	u64 mask = m_vmread(CR0_GUEST_HOST_MASK);
	u64 cr0 = (m_vmread(GUEST_CR0) & ~mask) | (m_vmread(CR0_READ_SHADOW) & mask);
	u64 cr4 = m_vmread(GUEST_CR4);

	return (cr0 & n->caps->cr0_fixed0) == n->caps->cr0_fixed0 &&
	       !(cr0 & ~n->caps->cr0_fixed1) &&
	       (cr4 & n->caps->cr4_fixed0) == n->caps->cr4_fixed0 && !(cr4 & ~n->caps->cr4_fixed1);
}

void vmxinsn_enter_vmx(struct nested *n, u64 pointer)
{
	n->in_vmx = true;
	l1state_own_cr0(n);
	n->vmxon_ptr = pointer;
	slot_make_current(n, NULL);
	n->shared->vmxon_ptr = pointer;
	n->shared->l1_vmx = 1;
}

static void vmxon(struct insn *insn)
{
	struct nested *n = insn->n;
	u64 pointer;

	if (n->in_vmx) {
		insn_fail(insn, VMXERR_VMXON_IN_VMX_ROOT_OPERATION);
		return;
	}
	if (!control_registers_allow_vmxon(n)) {
		insn_raise_gp(insn);
		return;
	}
	if (!insn_read_operand(insn, &pointer, sizeof(pointer)))
		return;
	if (!pointer_valid(n, pointer) || !revision_valid(n, pointer, false)) {
		insn_fail_invalid(insn);
		return;
	}
	vmxinsn_enter_vmx(n, pointer);
	insn_succeed(insn);
}

void vmxinsn_leave_vmx(struct nested *n)
{
	unsigned int i;

	slot_make_current(n, NULL);
	for (i = 0; i < NR_SLOTS; i++) {
		if (n->slots[i].address == VMX_NO_VMCS)
			continue;
		stats(n)->vmxoff_active++;
		slot_evict(n, &n->slots[i], n->slots[i].launched);
	}
	ept02_drop(n);
	n->in_vmx = false;
	l1state_own_cr0(n);
	n->shared->l1_vmx = 0;
	n->shared->vmxon_ptr = 0;
}

static void vmxoff(struct insn *insn)
{
	vmxinsn_leave_vmx(insn->n);
	insn_succeed(insn);
}

static void vmclear(struct insn *insn)
{
	struct nested *n = insn->n;
	u64 pointer;

	if (!insn_read_operand(insn, &pointer, sizeof(pointer)))
		return;
	if (!pointer_valid(n, pointer)) {
		insn_fail(insn, VMXERR_VMCLEAR_INVALID_ADDRESS);
		return;
	}
	if (pointer == n->vmxon_ptr) {
		insn_fail(insn, VMXERR_VMCLEAR_VMXON_POINTER);
		return;
	}
	slot_vmclear(n, pointer);
	insn_succeed(insn);
}

static void vmptrld(struct insn *insn)
{
	struct nested *n = insn->n;
	struct vmcs_slot *slot;
	u64 pointer;

	if (!insn_read_operand(insn, &pointer, sizeof(pointer)))
		return;
	if (!pointer_valid(n, pointer)) {
		insn_fail(insn, VMXERR_VMPTRLD_INVALID_ADDRESS);
		return;
	}
	if (pointer == n->vmxon_ptr) {
		insn_fail(insn, VMXERR_VMPTRLD_VMXON_POINTER);
		return;
	}
	if (!revision_valid(n, pointer, true)) {
		insn_fail(insn, VMXERR_VMPTRLD_INCORRECT_VMCS_REVISION_ID);
		return;
	}
	slot = slot_find(n, pointer);
	if (!slot)
		slot = slot_load(n, pointer);
	if (slot != n->current)
		slot_make_current(n, slot);
	insn_succeed(insn);
}

static void vmptrst(struct insn *insn)
{
	const struct nested *n = insn->n;
	u64 pointer = n->current ? n->current->address : VMX_NO_VMCS;

	if (insn_write_operand(insn, &pointer, sizeof(pointer)))
		insn_succeed(insn);
}

/*
 * The field that a VMREAD or VMWRITE names, or -1 if there is none; the instruction has
 * failed then.
 */
static int named_field(struct insn *insn, u64 *encoding)
{
	struct nested *n = insn->n;
	int field;

	*encoding = insn_register(insn, insn->op.reg2);
	field = field_index(*encoding);
	if (field >= 0 && field_exists(n, field))
		return field;
	insn_fail(insn, VMXERR_UNSUPPORTED_VMCS_COMPONENT);
	return -1;
}

static void vmread(struct insn *insn)
{
	struct nested *n = insn->n;
	u64 encoding, value;
	int field;

	if (!n->current) {
		insn_fail_invalid(insn);
		return;
	}
	field = named_field(insn, &encoding);
	if (field < 0)
		return;
	value = slot_read(n, n->current, field);
	if (FIELD_HIGH(encoding))
		value >>= 32;
	if (insn->op.reg_operand)
		insn_set_register(insn, insn->op.reg1, value);
	else if (!insn_write_operand(insn, &value, insn->long_mode ? 8 : 4))
		return;
	insn_succeed(insn);
}

/*
 * The value of a field after a VMWRITE. Bits of the operand beyond the field's width are ignored.
 * Outside 64-bit mode a natural-width field gets zeros in its upper half.
 */
static u64 field_merge(int field, u64 encoding, u64 old, u64 operand, bool long_mode)
{
	unsigned int bits = field_bits(field);

	if (FIELD_HIGH(encoding))
		return (u32)old | operand << 32;
	if (!long_mode && field_table[field].width == FIELD_WIDTH_64)
		return (old & ~(u64)0xffffffff) | (u32)operand;
	return bits == 64 ? operand : operand & (BIT_ULL(bits) - 1);
}

static void vmwrite(struct insn *insn)
{
	struct nested *n = insn->n;
	u64 encoding, operand = 0, old = 0;
	int field;

	if (!n->current) {
		insn_fail_invalid(insn);
		return;
	}
	if (insn->op.reg_operand)
		operand = insn_register(insn, insn->op.reg1);
	else if (!insn_read_operand(insn, &operand, insn->long_mode ? 8 : 4))
		return;
	field = named_field(insn, &encoding);
	if (field < 0)
		return;
	if (field_read_only(field) && !(n->caps->misc & VMX_MISC_VMWRITE_SHADOW_RO_FIELDS)) {
		insn_fail(insn, VMXERR_VMWRITE_READ_ONLY_VMCS_COMPONENT);
		return;
	}
	if (FIELD_HIGH(encoding) || !insn->long_mode)
		old = slot_read(n, n->current, field);
	slot_write(n, n->current, field,
		   field_merge(field, encoding, old, operand, insn->long_mode));
	insn_succeed(insn);
}

static bool invept_type_supported(const struct nested *n, u64 type)
{
	switch (type) {
	case VMX_EPT_EXTENT_CONTEXT:
		return n->caps->ept_vpid & VMX_EPT_EXTENT_CONTEXT_BIT;
	case VMX_EPT_EXTENT_GLOBAL:
		return n->caps->ept_vpid & VMX_EPT_EXTENT_GLOBAL_BIT;
	default:
		return false;
	}
}

/* A type that is not supported fails before memory is read (SDM "INVEPT", "INVVPID"). */
static void invept(struct insn *insn)
{
	struct nested *n = insn->n;
	u64 type = insn_register(insn, insn->op.reg2);
	u64 desc[2];

	if (!invept_type_supported(n, type)) {
		insn_fail(insn, VMXERR_INVALID_OPERAND_TO_INVEPT_INVVPID);
		return;
	}
	if (!insn_read_operand(insn, desc, sizeof(desc)))
		return;
	if (type == VMX_EPT_EXTENT_GLOBAL) {
		ept02_invalidate_all(n);
	} else if (check_eptp_valid(n, desc[0])) {
		ept02_invalidate_context(n, desc[0]);
	} else {
		insn_fail(insn, VMXERR_INVALID_OPERAND_TO_INVEPT_INVVPID);
		return;
	}
	insn_succeed(insn);
}

static bool invvpid_type_supported(const struct nested *n, u64 type)
{
	return type <= VMX_VPID_EXTENT_SINGLE_NON_GLOBAL &&
	       (n->caps->ept_vpid & VMX_VPID_EXTENT_INDIVIDUAL_ADDR_BIT << type);
}

/* L1's VPIDs are used as they are, so the processor's INVVPID does what L1 wants. */
static bool invvpid_done(u64 type, const u64 desc[2])
{
	u16 vpid = desc[0];

	if (desc[0] >> 16)
		return false;
	if (type != VMX_VPID_EXTENT_ALL_CONTEXT && !vpid)
		return false;
	if (type == VMX_VPID_EXTENT_INDIVIDUAL_ADDR &&
	    !linear_canonical(desc[1], m_vmread(GUEST_CR4) & X86_CR4_LA57))
		return false;
	return m_invvpid(type, vpid, desc[1]);
}

static void invvpid(struct insn *insn)
{
	u64 type = insn_register(insn, insn->op.reg2);
	u64 desc[2];

	if (!invvpid_type_supported(insn->n, type))
		insn_fail(insn, VMXERR_INVALID_OPERAND_TO_INVEPT_INVVPID);
	else if (!insn_read_operand(insn, desc, sizeof(desc)))
		return;
	else if (invvpid_done(type, desc))
		insn_succeed(insn);
	else
		insn_fail(insn, VMXERR_INVALID_OPERAND_TO_INVEPT_INVVPID);
}

static void vmlaunch(struct insn *insn)
{
	entry_vmentry(insn->n, insn->reason, m_vmread(GUEST_IA32_EFER));
}

static void vmresume(struct insn *insn)
{
	entry_vmentry(insn->n, insn->reason, m_vmread(GUEST_IA32_EFER));
}

/* L1 is in VMX root operation, and there is no dual-monitor treatment of SMIs. */
static void vmcall(struct insn *insn)
{
	insn_fail(insn, VMXERR_VMCALL_IN_VMX_ROOT_OPERATION);
}

static void execute(struct insn *insn)
{
	switch (insn->reason) {
#define VMX_INSN(name, handler, undefined, format) \
	case EXIT_REASON_##name:                   \
		handler(insn);                     \
		break;
#define INSN(name, format)
#include "arch/insns.def"
#undef VMX_INSN
#undef INSN
	}
}

static bool undefined(const struct insn *insn, u64 ar, u64 efer)
{
	struct undefined_ctx ctx = {
		.cr0 = m_vmread(GUEST_CR0),
		.cr4 = m_vmread(CR4_READ_SHADOW),
		.efer = efer,
		.rflags = m_vmread(GUEST_RFLAGS),
		.in_vmx = insn->n->in_vmx,
		.cs_l = ar & VMX_AR_L,
		.reg_operand = insn->op.reg_operand,
		.missing = insn->n->missing,
	};

	return undefined_insn(insn->reason, &ctx);
}

void vmxinsn_execute(struct nested *n, u32 reason)
{
	struct insn insn = { .n = n, .reason = reason };
	u64 cs_ar = m_vmread(GUEST_CS_AR_BYTES), efer = m_vmread(GUEST_IA32_EFER);

	m_expect_current(n->vmcs01);
	if (reason != EXIT_REASON_VMLAUNCH && reason != EXIT_REASON_VMRESUME)
		insninfo_decode(m_vmread(VMX_INSTRUCTION_INFO), reason, &insn.op);
	insn.cpl = VMX_AR_DPL(m_vmread(GUEST_SS_AR_BYTES));
	insn.long_mode = (cs_ar & VMX_AR_L) && (efer & EFER_LMA);
	if (undefined(&insn, cs_ar, efer)) {
		stats(n)->insns[insns_kind(reason)][VMX_FAULT]++;
		guest_inject_ud();
		return;
	}
	if (insn.cpl > 0) {
		insn_raise_gp(&insn);
		return;
	}
	execute(&insn);
}

/*
 * Does 64-bit code at CPL 0 execute the instruction? In VMX operation CR0.PE is fixed, so it raises
 * neither #UD nor #GP then. CS alone decides: CS.DPL is CPL unless the segment is conforming.
 */
static bool from_kernel(u64 cs_ar, u64 efer)
{
	const u32 mask = VMX_AR_L | VMX_AR_DB | VMX_AR_TYPE_CODE | VMX_AR_TYPE_CONFORMING |
			 3u << VMX_AR_DPL_SHIFT;

	return (efer & EFER_LMA) && (cs_ar & mask) == (VMX_AR_L | VMX_AR_TYPE_CODE);
}

/* The first of SDM "Basic VM-Entry Checks", and those of the launch state. */
static bool resumable(const struct vmcs_slot *slot)
{
	return slot->launched && !slot->is_shadow;
}

/* A slot that is not @rare has been launched, so it is resumable. */
void vmxinsn_vmresume(struct nested *n)
{
	u64 cs_ar = m_vmread(GUEST_CS_AR_BYTES), efer = m_vmread(GUEST_IA32_EFER);
	u64 blocking = m_vmread(GUEST_INTERRUPTIBILITY_INFO) & GUEST_INTR_STATE_MOV_SS;
	struct vmcs_slot *slot = n->current;

	stats(n)->l1_exits[EXIT_REASON_VMRESUME]++;
	if (unlikely(!slot || (slot->rare && !resumable(slot)) || blocking ||
		     !from_kernel(cs_ar, efer))) {
		vmxinsn_execute(n, EXIT_REASON_VMRESUME);
		return;
	}
	n->entry_reason = EXIT_REASON_VMRESUME;
	entry_enter(n, slot, efer);
}
