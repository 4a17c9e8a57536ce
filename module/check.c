// SPDX-License-Identifier: GPL-2.0-only
/*
 * Preflight: what a machine must have, and must not be doing, to be taken over. Each condition has
 * a paragraph of its own.
 */
#include <linux/errno.h>
#include <linux/smp.h>
#include <asm/cpufeature.h>
#include <asm/msr.h>
#include <asm/special_insns.h>
#include <asm/tlbflush.h>
#include <asm/vmx.h>
#include "check.h"
#include "inject.h"
#include "operation.h"
#include "owner.h"
#include "versions.h"
#include "world.h"

static int refuse(const char **why, int err, const char *text)
{
	if (why)
		*why = text;
	return err;
}

/* A control may be 1 when its bit in the upper half of the capability MSR is 1. */
static bool may_set(u64 caps, u32 bits)
{
	return ((caps >> 32) & bits) == bits;
}

static u64 control_caps(u64 basic, u32 plain, u32 true_msr)
{
	u64 value;

	rdmsrq(basic & BIT_ULL(55) ? true_msr : plain, value);
	return value;
}

static void read_caps(struct vmx_caps_msrs *caps)
{
	caps->maxphyaddr = cpuid_eax(0x80000008) & 0xff;
	rdmsrq(MSR_IA32_VMX_BASIC, caps->basic);
	rdmsrq(MSR_IA32_VMX_MISC, caps->misc);
	rdmsrq(MSR_IA32_VMX_CR0_FIXED0, caps->cr0_fixed0);
	rdmsrq(MSR_IA32_VMX_CR0_FIXED1, caps->cr0_fixed1);
	rdmsrq(MSR_IA32_VMX_CR4_FIXED0, caps->cr4_fixed0);
	rdmsrq(MSR_IA32_VMX_CR4_FIXED1, caps->cr4_fixed1);
	caps->pin = control_caps(caps->basic, MSR_IA32_VMX_PINBASED_CTLS,
				 MSR_IA32_VMX_TRUE_PINBASED_CTLS);
	caps->proc = control_caps(caps->basic, MSR_IA32_VMX_PROCBASED_CTLS,
				  MSR_IA32_VMX_TRUE_PROCBASED_CTLS);
	caps->exit = control_caps(caps->basic, MSR_IA32_VMX_EXIT_CTLS, MSR_IA32_VMX_TRUE_EXIT_CTLS);
	caps->entry =
		control_caps(caps->basic, MSR_IA32_VMX_ENTRY_CTLS, MSR_IA32_VMX_TRUE_ENTRY_CTLS);
	caps->proc2 = 0;
	if (may_set(caps->proc, CPU_BASED_ACTIVATE_SECONDARY_CONTROLS))
		rdmsrq(MSR_IA32_VMX_PROCBASED_CTLS2, caps->proc2);
	caps->ept_vpid = 0;
	if (may_set(caps->proc2, SECONDARY_EXEC_ENABLE_EPT) ||
	    may_set(caps->proc2, SECONDARY_EXEC_ENABLE_VPID))
		rdmsrq(MSR_IA32_VMX_EPT_VPID_CAP, caps->ept_vpid);
}

#define CAN(controls, bits) may_set(caps->controls, bits)
#define NEED(there, name, words)                \
	if (!(there))                           \
		return refuse(why, -EOPNOTSUPP, \
			      "this processor has no " words ", which Nestor needs");
#define NEED_OF_EPT(bits, name, words) NEED((caps->ept_vpid & (bits)) == (bits), name, words)

static int check_needs(const struct vmx_caps_msrs *caps, const char **why)
{
#include "machine/needs.def"
	return 0;
}

#undef NEED_OF_EPT
#undef NEED
#undef CAN

int check_machine(struct vmx_caps_msrs *caps, const char **why)
{
	u64 feature_control;

	/*
	 * SDM "Discovering Support for VMX". CPUID is asked, because Linux clears its own flag for
	 * VMX when firmware has locked VMX off.
	 */
	if (!(cpuid_ecx(1) & BIT(5)))
		return refuse(why, -ENODEV, "this processor has no VMX");

	/*
	 * SDM "Enabling and Entering VMX Operation": VMXON needs IA32_FEATURE_CONTROL to be locked
	 * with bit 2 set.
	 */
	if (rdmsrq_safe(MSR_IA32_FEAT_CTL, &feature_control) ||
	    !(feature_control & FEAT_CTL_LOCKED) ||
	    !(feature_control & FEAT_CTL_VMX_ENABLED_OUTSIDE_SMX))
		return refuse(
			why, -ENODEV,
			"VMX is disabled by the firmware (IA32_FEATURE_CONTROL); enable it in the BIOS setup");

	read_caps(caps);
	return check_needs(caps, why);
}

/*
 * CR4.VMXE alone is no obstacle. An L1 in VMX operation is taken over as it is, if none of its
 * VMCSs is active: their contents are inside the processor, where Nestor's emulation cannot find
 * them.
 */
static int check_l1(const struct l1_operation *l1, const struct owner *owner, const char **why)
{
	if (!l1->entered)
		return 0;
	if (l1->current_vmcs != ~0ull || !owner_idle(owner))
		return refuse(why, -EBUSY, owner_sentence(owner));
	return 0;
}

int check_cpu(const struct l1_operation *l1, const struct owner *owner, const char **why)
{
	unsigned long cr0 = read_cr0(), cr4 = __read_cr4();
	const struct vmx_caps_msrs *caps = &world.caps;

	if (!world_cpus[smp_processor_id()].config)
		return refuse(
			why, -ENOMEM,
			"there is no memory for this CPU (it was not present when the module was loaded)");

	if (inject_fails(INJECT_CHECK, smp_processor_id()))
		return refuse(why, -EOPNOTSUPP, "fail=check says so");

	/* FRED replaces the IDT that root relies on. */
	if (cr4 & BIT_ULL(32))
		return refuse(why, -EOPNOTSUPP,
			      "FRED is enabled, which Nestor does not handle; boot with fred=off");

	/* SDM "Restrictions on VMX Operation": some bits of CR0 and CR4 are fixed. */
	if ((cr0 & caps->cr0_fixed0) != caps->cr0_fixed0 || (cr0 & ~caps->cr0_fixed1) ||
	    ((cr4 | X86_CR4_VMXE) & caps->cr4_fixed0) != caps->cr4_fixed0 ||
	    (cr4 & ~caps->cr4_fixed1))
		return refuse(why, -EOPNOTSUPP,
			      "CR0 or CR4 has a value that VMX operation does not allow");
	return check_l1(l1, owner, why);
}
