// SPDX-License-Identifier: GPL-2.0-only
/* L1's control registers as VMCS01 holds them, and its state after INIT. */
#include "arch/msr.h"
#include "arch/vmx.h"
#include "arch/x86.h"
#include "l1/guest.h"
#include "l1/l1state.h"
#include "machine/contract.h"

#define CR4_CHANGES_TLB (X86_CR4_PSE | X86_CR4_PAE | X86_CR4_PGE | X86_CR4_PCIDE | X86_CR4_SMEP)

/* The type of INVVPID that invalidates what is tagged with one VPID; 0 where there is none. */
static u8 flush_type(const struct vmx_caps *caps)
{
	if (!caps_invvpid(caps))
		return 0;
	if (caps->ept_vpid & VMX_VPID_EXTENT_SINGLE_CONTEXT_BIT)
		return VMX_VPID_EXTENT_SINGLE_CONTEXT;
	return caps->ept_vpid & VMX_VPID_EXTENT_GLOBAL_CONTEXT_BIT ? VMX_VPID_EXTENT_ALL_CONTEXT :
								     0;
}

void l1state_init(struct nested *n)
{
	m_expect_current(n->vmcs01);
	n->flush_type = flush_type(n->caps);
	if (!n->flush_type)
		return;
	m_vmwrite(VIRTUAL_PROCESSOR_ID, VPID_L1);
	m_vmwrite(SECONDARY_VM_EXEC_CONTROL,
		  m_vmread(SECONDARY_VM_EXEC_CONTROL) | SECONDARY_EXEC_ENABLE_VPID);
}

void l1state_flush(const struct nested *n)
{
	if (n->flush_type)
		m_invvpid(n->flush_type, VPID_L1, 0);
}

static u64 read_gpr(struct nested *n, unsigned int gpr)
{
	return gpr == GPR_RSP ? m_vmread(GUEST_RSP) : n->gpr[gpr];
}

/*
 * May MOV write the value to CR4 (SDM "MOV - Move to/from Control Registers")? What depends on VMXE
 * is left to write_cr4().
 */
static bool cr4_valid(struct nested *n, u64 value, u64 old)
{
	bool long_mode = m_vmread(GUEST_IA32_EFER) & EFER_LMA;

	if (value & ~n->caps->cr4_fixed1)
		return false;
	if (long_mode && (!(value & X86_CR4_PAE) || ((value ^ old) & X86_CR4_LA57)))
		return false;
	if ((value & X86_CR4_CET) && !(m_vmread(GUEST_CR0) & X86_CR0_WP))
		return false;
	if ((value & ~old & X86_CR4_PCIDE) && (!long_mode || (m_vmread(GUEST_CR3) & 0xfff)))
		return false;
	return true;
}

static bool write_cr4(struct nested *n, u64 value, bool allow_vmx)
{
	u64 old = m_vmread(GUEST_CR4);

	if (!cr4_valid(n, value, old) || (!allow_vmx && (value & X86_CR4_VMXE)))
		return false;
	/* VMXE cannot be cleared in VMX operation (SDM "Restrictions on VMX Operation"). */
	if (n->in_vmx && !(value & X86_CR4_VMXE))
		return false;
	m_vmwrite(GUEST_CR4, value | X86_CR4_VMXE);
	m_vmwrite(CR4_READ_SHADOW, value);
	if ((value ^ old) & CR4_CHANGES_TLB)
		l1state_flush(n);
	return true;
}

bool l1state_load_pdptes(const struct nested *n)
{
	const u64 reserved = GENMASK_ULL(63, n->caps->maxphyaddr) | GENMASK_ULL(8, 5) |
			     GENMASK_ULL(2, 1);
	u64 pdpte[4];
	unsigned int i;

	m_expect_current(n->vmcs01);
	m_phys_read(m_vmread(GUEST_CR3) & GENMASK_ULL(31, 5), pdpte, sizeof(pdpte));
	for (i = 0; i < 4; i++) {
		if ((pdpte[i] & PTE_P) && (pdpte[i] & reserved))
			return false;
	}
	for (i = 0; i < 4; i++)
		m_vmwrite(GUEST_PDPTR0 + 2 * i, pdpte[i]);
	return true;
}

/*
 * IA-32e mode begins and ends with paging, and LMA shows it (SDM "Initializing IA-32e Mode",
 * "Switching Out of IA-32e Mode Operation"). The exit may have come for any bit of CR0, but all
 * that MOV to CR0 does is to be done here. Returns false where MOV raises #GP.
 */
static bool switch_paging(struct nested *n, bool on)
{
	u64 efer = m_vmread(GUEST_IA32_EFER), entry = m_vmread(VM_ENTRY_CONTROLS);
	u64 cr4 = m_vmread(GUEST_CR4), code64 = m_vmread(GUEST_CS_AR_BYTES) & VMX_AR_L;

	if (!on && ((cr4 & X86_CR4_PCIDE) || ((efer & EFER_LMA) && code64)))
		return false;
	if (!(efer & EFER_LME))
		return !on || !(cr4 & X86_CR4_PAE) || l1state_load_pdptes(n);
	if (on && (!(cr4 & X86_CR4_PAE) || code64))
		return false;
	m_vmwrite(GUEST_IA32_EFER, on ? efer | EFER_LMA : efer & ~EFER_LMA);
	m_vmwrite(VM_ENTRY_CONTROLS,
		  on ? entry | VM_ENTRY_IA32E_MODE : entry & ~(u64)VM_ENTRY_IA32E_MODE);
	return true;
}

static bool write_cr0(struct nested *n, u64 value)
{
	if (n->in_vmx && (value & n->caps->cr0_fixed0) != n->caps->cr0_fixed0)
		return false;
	if ((value >> 32) || ((value & X86_CR0_PG) && !(value & X86_CR0_PE)) ||
	    ((value & X86_CR0_NW) && !(value & X86_CR0_CD)))
		return false;
	/*
	 * WP cannot be cleared while CR4.CET is set (SDM "MOV - Move to/from Control Registers").
	 */
	if (!(value & X86_CR0_WP) && (m_vmread(GUEST_CR4) & X86_CR4_CET))
		return false;
	if (unlikely((value ^ m_vmread(GUEST_CR0)) & X86_CR0_PG) &&
	    !switch_paging(n, value & X86_CR0_PG))
		return false;
	m_vmwrite(GUEST_CR0, value | X86_CR0_NE | X86_CR0_ET);
	m_vmwrite(CR0_READ_SHADOW, value);
	l1state_flush(n);
	return true;
}

void l1state_own_cr0(struct nested *n)
{
	u64 mask = n->in_vmx ? n->caps->cr0_fixed0 : X86_CR0_NE;
	u64 shadow = m_vmread(CR0_READ_SHADOW) & X86_CR0_NE;

	m_vmwrite(CR0_GUEST_HOST_MASK, mask);
	m_vmwrite(CR0_READ_SHADOW,
		  (m_vmread(GUEST_CR0) & ~X86_CR0_NE) | (n->in_vmx ? X86_CR0_NE : shadow));
}

bool l1state_cr_access(struct nested *n, bool allow_vmx)
{
	u64 qualification = m_vmread(EXIT_QUALIFICATION);
	unsigned int cr = qualification & 15, type = qualification >> 4 & 3;
	u64 value = read_gpr(n, qualification >> 8 & 15);
	bool ok;

	m_expect_current(n->vmcs01);
	if (type != 0 || (cr != 0 && cr != 4))
		return false;
	if (!(m_vmread(GUEST_CS_AR_BYTES) & VMX_AR_L))
		value = (u32)value;
	ok = cr == 4 ? write_cr4(n, value, allow_vmx) : write_cr0(n, value);
	if (ok)
		guest_advance_rip();
	else
		guest_inject_gp();
	return true;
}

/* SDM "IA-32 and Intel 64 Processor States Following Power-up, Reset, or INIT" */
void l1state_load_init(struct nested *n)
{
	unsigned int seg;

	m_expect_current(n->vmcs01);
	for (seg = SEG_ES; seg <= SEG_GS; seg++) {
		m_vmwrite(GUEST_ES_SELECTOR + 2 * seg, seg == SEG_CS ? 0xf000 : 0);
		m_vmwrite(GUEST_ES_BASE + 2 * seg, seg == SEG_CS ? 0xffff0000 : 0);
		m_vmwrite(GUEST_ES_LIMIT + 2 * seg, 0xffff);
		m_vmwrite(GUEST_ES_AR_BYTES + 2 * seg, seg == SEG_CS ? 0x9b : 0x93);
	}
	m_vmwrite(GUEST_LDTR_SELECTOR, 0);
	m_vmwrite(GUEST_LDTR_BASE, 0);
	m_vmwrite(GUEST_LDTR_LIMIT, 0xffff);
	m_vmwrite(GUEST_LDTR_AR_BYTES, 0x82);
	m_vmwrite(GUEST_TR_SELECTOR, 0);
	m_vmwrite(GUEST_TR_BASE, 0);
	m_vmwrite(GUEST_TR_LIMIT, 0xffff);
	m_vmwrite(GUEST_TR_AR_BYTES, 0x8b);
	m_vmwrite(GUEST_GDTR_BASE, 0);
	m_vmwrite(GUEST_GDTR_LIMIT, 0xffff);
	m_vmwrite(GUEST_IDTR_BASE, 0);
	m_vmwrite(GUEST_IDTR_LIMIT, 0xffff);
	/* This does not change CD and NW, which neither VM exits nor VM entries touch. */
	m_vmwrite(GUEST_CR0, X86_CR0_ET | X86_CR0_NE | X86_CR0_CD | X86_CR0_NW);
	m_vmwrite(CR0_READ_SHADOW, X86_CR0_ET);
	m_vmwrite(GUEST_CR3, 0);
	m_vmwrite(GUEST_CR4, X86_CR4_VMXE);
	m_vmwrite(CR4_READ_SHADOW, 0);
	m_vmwrite(GUEST_IA32_EFER, 0);
	m_vmwrite(VM_ENTRY_CONTROLS, m_vmread(VM_ENTRY_CONTROLS) & ~(u64)VM_ENTRY_IA32E_MODE);
	m_vmwrite(GUEST_DR7, DR7_FIXED_1);
	m_vmwrite(GUEST_RFLAGS, X86_EFLAGS_FIXED);
	m_vmwrite(GUEST_RIP, 0xfff0);
	m_vmwrite(GUEST_RSP, 0);
	m_vmwrite(GUEST_INTERRUPTIBILITY_INFO, 0);
	m_vmwrite(GUEST_PENDING_DBG_EXCEPTIONS, 0);
	__builtin_memset(n->gpr, 0, NR_GPRS * sizeof(*n->gpr));
	n->gpr[GPR_RDX] = machine_init();
	l1state_flush(n);
}
