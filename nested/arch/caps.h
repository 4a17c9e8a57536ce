/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMX capabilities: the capability MSRs as raw values, with the control MSRs split into their two
 * halves (SDM "VMX Capability Reporting Facility").
 *
 * Root reads them once, without what the user hides from L1: what is left is what L1 may use.
 */
#ifndef NESTED_ARCH_CAPS_H
#define NESTED_ARCH_CAPS_H

#include "arch/capwords.h"
#include "arch/msr.h"
#include "arch/types.h"
#include "arch/vmx.h"

/**
 * struct vmx_ctls - which settings of a 32-bit control field are allowed
 * @allowed0: "allowed 0-settings": a bit that is 1 here must be 1 in the field
 * @allowed1: "allowed 1-settings": a bit that is 0 here must be 0 in the field
 */
struct vmx_ctls {
	u32 allowed0;
	u32 allowed1;
};

/**
 * struct vmx_caps - the VMX capability MSRs
 * @basic: IA32_VMX_BASIC
 * @misc: IA32_VMX_MISC
 * @cr0_fixed0: IA32_VMX_CR0_FIXED0
 * @cr0_fixed1: IA32_VMX_CR0_FIXED1
 * @cr4_fixed0: IA32_VMX_CR4_FIXED0
 * @cr4_fixed1: IA32_VMX_CR4_FIXED1
 * @vmcs_enum: IA32_VMX_VMCS_ENUM
 * @ept_vpid: IA32_VMX_EPT_VPID_CAP
 * @vmfunc: IA32_VMX_VMFUNC
 * @proc3: IA32_VMX_PROCBASED_CTLS3: the allowed 1-settings of 64 controls
 * @exit2: IA32_VMX_EXIT_CTLS2: the allowed 1-settings of 64 controls
 * @pin: pin-based controls; the TRUE MSR where IA32_VMX_BASIC has bit 55, else the plain one
 * @proc: primary processor-based controls, likewise
 * @proc2: secondary processor-based controls
 * @exit: primary VM-exit controls, as @pin
 * @entry: VM-entry controls, as @pin
 * @counters: the bits of IA32_PERF_GLOBAL_CTRL that exist, from CPUID 0AH
 * @s_cet: the bits of IA32_S_CET that exist, from CPUID 07H
 * @maxphyaddr: physical-address width in bits, from CPUID 80000008H
 *
 * MSRs that do not exist on the processor are zero. @counters and @s_cet come from no capability
 * MSR, so who calls caps_from_msrs() fills them in.
 */
struct vmx_caps {
	u64 basic;
	u64 misc;
	u64 cr0_fixed0;
	u64 cr0_fixed1;
	u64 cr4_fixed0;
	u64 cr4_fixed1;
	u64 vmcs_enum;
	u64 ept_vpid;
	u64 vmfunc;
	u64 proc3;
	u64 exit2;
	struct vmx_ctls pin;
	struct vmx_ctls proc;
	struct vmx_ctls proc2;
	struct vmx_ctls exit;
	struct vmx_ctls entry;
	u64 counters;
	u64 s_cet;
	u8 maxphyaddr;
};

/* The two halves of a capability MSR of 32 controls. */
static inline struct vmx_ctls vmx_ctls_from_msr(u64 value)
{
	return (struct vmx_ctls){ .allowed0 = (u32)value, .allowed1 = (u32)(value >> 32) };
}

/**
 * vmx_ctls_valid() - does a control field keep to its capability MSR?
 * @ctls: what is allowed
 * @value: the control field
 *
 * Return: true if it does.
 */
static inline bool vmx_ctls_valid(const struct vmx_ctls *ctls, u32 value)
{
	return (value & ctls->allowed0) == ctls->allowed0 && !(value & ~ctls->allowed1);
}

/* Is there INVEPT (SDM "INVEPT")? */
static inline bool caps_invept(const struct vmx_caps *caps)
{
	return (caps->proc2.allowed1 & SECONDARY_EXEC_ENABLE_EPT) &&
	       (caps->ept_vpid & VMX_EPT_INVEPT_BIT);
}

/* Is there INVVPID (SDM "INVVPID")? */
static inline bool caps_invvpid(const struct vmx_caps *caps)
{
	return (caps->proc2.allowed1 & SECONDARY_EXEC_ENABLE_VPID) &&
	       (caps->ept_vpid & VMX_VPID_INVVPID_BIT);
}

/**
 * caps_from_msrs() - read the capability MSRs
 * @caps: filled, but for @counters and @s_cet
 * @rdmsr: reads one MSR; called only for MSRs that exist according to the SDM
 * @maxphyaddr: physical-address width in bits, from CPUID 80000008H
 *
 * This is inline so that @rdmsr is called directly: root code has no indirect calls.
 */
static inline __attribute__((always_inline)) void
caps_from_msrs(struct vmx_caps *caps, u64 (*rdmsr)(u32 msr), u8 maxphyaddr)
{
	const u64 basic = rdmsr(MSR_IA32_VMX_BASIC);
	const bool has_true = basic & VMX_BASIC_TRUE_CTLS;

	*caps = (struct vmx_caps){ .basic = basic, .maxphyaddr = maxphyaddr };

	caps->pin = vmx_ctls_from_msr(rdmsr(has_true ? MSR_IA32_VMX_TRUE_PINBASED_CTLS
						     : MSR_IA32_VMX_PINBASED_CTLS));
	caps->proc = vmx_ctls_from_msr(rdmsr(has_true ? MSR_IA32_VMX_TRUE_PROCBASED_CTLS
						      : MSR_IA32_VMX_PROCBASED_CTLS));
	caps->exit = vmx_ctls_from_msr(rdmsr(has_true ? MSR_IA32_VMX_TRUE_EXIT_CTLS
						      : MSR_IA32_VMX_EXIT_CTLS));
	caps->entry = vmx_ctls_from_msr(rdmsr(has_true ? MSR_IA32_VMX_TRUE_ENTRY_CTLS
						       : MSR_IA32_VMX_ENTRY_CTLS));

	caps->misc = rdmsr(MSR_IA32_VMX_MISC);
	caps->cr0_fixed0 = rdmsr(MSR_IA32_VMX_CR0_FIXED0);
	caps->cr0_fixed1 = rdmsr(MSR_IA32_VMX_CR0_FIXED1);
	caps->cr4_fixed0 = rdmsr(MSR_IA32_VMX_CR4_FIXED0);
	caps->cr4_fixed1 = rdmsr(MSR_IA32_VMX_CR4_FIXED1);
	caps->vmcs_enum = rdmsr(MSR_IA32_VMX_VMCS_ENUM);

	if (caps->proc.allowed1 & CPU_BASED_ACTIVATE_SECONDARY_CONTROLS)
		caps->proc2 = vmx_ctls_from_msr(rdmsr(MSR_IA32_VMX_PROCBASED_CTLS2));
	if (caps->proc2.allowed1 & (SECONDARY_EXEC_ENABLE_EPT | SECONDARY_EXEC_ENABLE_VPID))
		caps->ept_vpid = rdmsr(MSR_IA32_VMX_EPT_VPID_CAP);
	if (caps->proc2.allowed1 & SECONDARY_EXEC_ENABLE_VMFUNC)
		caps->vmfunc = rdmsr(MSR_IA32_VMX_VMFUNC);
	if (caps->proc.allowed1 & CPU_BASED_ACTIVATE_TERTIARY_CONTROLS)
		caps->proc3 = rdmsr(MSR_IA32_VMX_PROCBASED_CTLS3);
	if (caps->exit.allowed1 & VM_EXIT_ACTIVATE_SECONDARY_CONTROLS)
		caps->exit2 = rdmsr(MSR_IA32_VMX_EXIT_CTLS2);
}

#endif
