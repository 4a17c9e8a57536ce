// SPDX-License-Identifier: GPL-2.0-only
/*
 * VM-exit MSR lists of L1 (SDM "Loading MSRs", "Saving MSRs"). The processor cannot run them,
 * because not every exit is L1's. It does run the VM-entry list, whose address is L1's
 * own (entry.c).
 *
 * Some MSRs are part of the guest state of whatever VMCS is current, and are read and written
 * there: VMCS02 for the store list, VMCS01 for the load list.
 */
#include "arch/msr.h"
#include "machine/contract.h"
#include "run/checks.h"
#include "run/msrlist.h"
#include "vmcs/cet.h"

struct msr_entry {
	u32 index;
	u32 reserved;
	u64 value;
};

static const struct {
	u32 msr;
	u16 field;
} in_vmcs[] = {
	{ MSR_FS_BASE, GUEST_FS_BASE },
	{ MSR_GS_BASE, GUEST_GS_BASE },
	{ MSR_EFER, GUEST_IA32_EFER },
	{ MSR_IA32_SYSENTER_CS, GUEST_SYSENTER_CS },
	{ MSR_IA32_SYSENTER_ESP, GUEST_SYSENTER_ESP },
	{ MSR_IA32_SYSENTER_EIP, GUEST_SYSENTER_EIP },
	{ MSR_IA32_DEBUGCTLMSR, GUEST_IA32_DEBUGCTL },
	{ MSR_IA32_CR_PAT, GUEST_IA32_PAT },
};

static int vmcs_field_of(u32 msr)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(in_vmcs); i++) {
		if (in_vmcs[i].msr == msr)
			return in_vmcs[i].field;
	}
	return -1;
}

static bool x2apic_msr(u32 msr)
{
	return msr >= MSR_X2APIC_FIRST && msr <= MSR_X2APIC_LAST;
}

/* FS and GS base come from the VMCS, and some MSRs cannot be loaded at all (SDM "Loading MSRs"). */
static bool may_load(const struct msr_entry *entry)
{
	if (entry->reserved || entry->index == MSR_FS_BASE || entry->index == MSR_GS_BASE)
		return false;
	return !x2apic_msr(entry->index) && entry->index != MSR_IA32_SMM_MONITOR_CTL &&
	       entry->index != MSR_IA32_UCODE_WRITE && entry->index != MSR_IA32_UCODE_REV;
}

/* WRMSR does not change LMA, and it faults if LME changes while paging is on. */
static bool efer_loadable(u64 value, u64 old)
{
	const u64 known = EFER_SCE | EFER_LME | EFER_LMA | EFER_NX;

	return !(value & ~known) && !((value ^ old) & EFER_LME);
}

/*
 * Which bits there are depends on the processor, so it is tried. TR and BTS together would have the
 * processor store root's branches at a linear address of L1's, by root's page tables, and an NMI
 * that arrives meanwhile is a branch. One of them alone does not (SDM "Branch Trace Store (BTS)").
 */
static bool debugctl_accepts(u64 value)
{
	return m_debugctl_accepts(value & ~DEBUGCTLMSR_TR) &&
	       m_debugctl_accepts(value & ~DEBUGCTLMSR_BTS);
}

/*
 * Would WRMSR accept the value? Root has an EFER and a PAT of its own; the MSRs of SYSENTER are
 * nothing to it, and an entry loads them, so there it is tried.
 */
static bool value_valid(struct nested *n, const struct msr_entry *entry, int field)
{
	switch (field) {
	case GUEST_IA32_EFER:
		return efer_loadable(entry->value, m_vmread(field));
	case GUEST_IA32_PAT:
		return check_pat(entry->value);
	case GUEST_IA32_DEBUGCTL:
		return debugctl_accepts(entry->value);
	default:
		return machine_wrmsr(n, entry->index, entry->value);
	}
}

static bool load_one(struct nested *n, const struct msr_entry *entry)
{
	int field = vmcs_field_of(entry->index);
	u64 value = entry->value;

	if (!may_load(entry))
		return false;
	if (field < 0) {
		if (!machine_wrmsr(n, entry->index, value))
			return false;
		cet_msr_written(n, entry->index, value);
		return true;
	}
	if (!value_valid(n, entry, field))
		return false;
	if (field == GUEST_IA32_EFER)
		value = (value & ~EFER_LMA) | (m_vmread(field) & EFER_LMA);
	m_vmwrite(field, value);
	return true;
}

u32 msrlist_load(struct nested *n, u64 address, u32 count)
{
	struct msr_entry entry;
	u32 i;

	m_expect_current(n->vmcs01);
	for (i = 0; i < count; i++) {
		m_phys_read(address + (u64)i * sizeof(entry), &entry, sizeof(entry));
		if (!load_one(n, &entry))
			return i + 1;
	}
	return 0;
}

void msrlist_loaded(u64 address, u32 count, u64 *efer, u64 *pat)
{
	struct msr_entry entry;
	u32 i;

	for (i = 0; i < count; i++) {
		m_phys_read(address + (u64)i * sizeof(entry), &entry, sizeof(entry));
		if (entry.index == MSR_EFER)
			*efer = entry.value;
		else if (entry.index == MSR_IA32_CR_PAT)
			*pat = entry.value;
	}
}

static bool store_one(struct nested *n, struct msr_entry *entry)
{
	int field = vmcs_field_of(entry->index);

	if (entry->reserved || x2apic_msr(entry->index) || entry->index == MSR_IA32_SMBASE)
		return false;
	if (field < 0)
		return machine_rdmsr(n, entry->index, &entry->value);
	entry->value = m_vmread(field);
	return true;
}

u32 msrlist_store(struct nested *n, u64 address, u32 count)
{
	struct msr_entry entry;
	u32 i;

	for (i = 0; i < count; i++) {
		u64 at = address + (u64)i * sizeof(entry);

		m_phys_read(at, &entry, sizeof(entry));
		if (!store_one(n, &entry))
			return i + 1;
		m_phys_write(at + 8, &entry.value, sizeof(entry.value));
	}
	return 0;
}
