// SPDX-License-Identifier: GPL-2.0-only
/* What `nestor check` finds out about the processor: CPUID, and the MSRs if they can be read. */
#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "arch/msr.h"
#include "arch/vmx.h"
#include "arch/caps.h"
#include "check_processor.h"

/* ECX of CPUID leaf 1 has these bits. */
#define CPUID_VMX	 (1u << 5)
#define CPUID_HYPERVISOR (1u << 31)

static void read_vendor(char vendor[13])
{
	u32 eax, ebx = 0, ecx = 0, edx = 0;

	__get_cpuid(0, &eax, &ebx, &ecx, &edx);
	memcpy(vendor, &ebx, 4);
	memcpy(vendor + 4, &edx, 4);
	memcpy(vendor + 8, &ecx, 4);
	vendor[12] = '\0';
}

/* SDM "Discovering Support for VMX": CPUID shows whether there is VMX. */
bool check_processor_vmx(struct check_report *report)
{
	u32 eax, ebx, ecx = 0, edx;
	char vendor[13];

	read_vendor(vendor);
	__get_cpuid(1, &eax, &ebx, &ecx, &edx);
	if (!(ecx & CPUID_VMX)) {
		check_report(report, FAIL, "vmx",
			     "this processor (%s) shows no Intel VMX in CPUID%s", vendor,
			     ecx & CPUID_HYPERVISOR ?
				     "; in a virtual machine, allow nested virtualization for it" :
				     "");
		return false;
	}
	if (!strcmp(vendor, "GenuineIntel"))
		check_report(report, PASS, "vmx", "an Intel processor with VMX");
	else
		check_report(report, WARN, "vmx",
			     "VMX on a processor of %s, where Nestor is not tried", vendor);
	return true;
}

void check_processor_bare(struct check_report *report)
{
	u32 eax, ebx, ecx = 0, edx;

	__get_cpuid(1, &eax, &ebx, &ecx, &edx);
	if (ecx & CPUID_HYPERVISOR)
		check_report(report, INFO, "bare-metal",
			     "this is a virtual machine: VMX comes from the hypervisor below");
	else
		check_report(report, INFO, "bare-metal", "no hypervisor below shows itself");
}

/* The processor's MSRs, if they can be read */

static int msr_fd;
static u32 msr_unreadable;

static u64 read_msr(u32 msr)
{
	u64 value;

	if (pread(msr_fd, &value, sizeof(value), msr) == sizeof(value))
		return value;
	msr_unreadable = msr;
	return 0;
}

static int open_msr(unsigned int cpu)
{
	char path[64];

	snprintf(path, sizeof(path), "/dev/cpu/%u/msr", cpu);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/*
 * SDM "Enabling and Entering VMX Operation": VMXON needs the MSR to be locked with bit 2 set.
 * Firmware sets it on each CPU by itself, and has been seen to forget some.
 */
static bool check_feature_control(struct check_report *report)
{
	const u64 wanted = FEAT_CTL_LOCKED | FEAT_CTL_VMX_ENABLED_OUTSIDE_SMX;
	long cpu, cpus = sysconf(_SC_NPROCESSORS_CONF);
	u64 value;

	for (cpu = 0; cpu < cpus; cpu++) {
		int fd = open_msr(cpu);
		bool bad = fd >= 0 &&
			   pread(fd, &value, sizeof(value), MSR_IA32_FEAT_CTL) == sizeof(value) &&
			   (value & wanted) != wanted;

		if (fd >= 0)
			close(fd);
		if (!bad)
			continue;
		check_report(
			report, FAIL, "firmware",
			"VMX is %s on CPU %ld (IA32_FEATURE_CONTROL = 0x%llx); enable it in the firmware setup (\"VT-x\")",
			value & FEAT_CTL_LOCKED ? "locked off" : "not enabled", cpu, value);
		return false;
	}
	check_report(report, PASS, "firmware", "VMX is enabled (IA32_FEATURE_CONTROL)");
	return true;
}

/* The module does without such a feature when it must. */
static void optional(struct check_report *report, bool there, const char *name, const char *text)
{
	if (there)
		check_report(report, PASS, name, "%s", text);
	else
		check_report(report, INFO, name, "no %s; hypervisors above will not have it either",
			     text);
}

static void required(struct check_report *report, bool there, const char *name, const char *text)
{
	if (there)
		check_report(report, PASS, name, "%s", text);
	else
		check_report(report, FAIL, name, "this processor has no %s, which Nestor needs",
			     text);
}

static bool has(const struct vmx_ctls *ctls, u32 bits)
{
	return (ctls->allowed1 & bits) == bits;
}

#define CAN(controls, bits) has(&caps->controls, bits)
#define NEED(there, name, words) required(report, there, name, words);
#define NEED_OF_EPT(bits, name, words)                   \
	if (CAN(proc2, SECONDARY_EXEC_ENABLE_EPT))       \
		NEED((caps->ept_vpid & (bits)) == (bits), name, words)

/* The take-over cannot do without these; the module checks the same list. */
static void check_required(struct check_report *report, const struct vmx_caps *caps)
{
#include "machine/needs.def"
}

#undef NEED_OF_EPT
#undef NEED
#undef CAN

static void check_optional(struct check_report *report, const struct vmx_caps *caps)
{
	optional(report, caps->ept_vpid & VMX_EPT_1GB_PAGE_BIT, "ept-1g", "EPT pages of 1 GByte");
	optional(report, caps->ept_vpid & VMX_EPT_AD_BIT, "ept-ad", "EPT accessed and dirty flags");
	optional(report, has(&caps->proc2, SECONDARY_EXEC_ENABLE_VPID), "vpid",
		 "virtual-processor identifiers (VPID)");
	optional(report, has(&caps->proc2, SECONDARY_EXEC_SHADOW_VMCS), "vmcs-shadowing",
		 "VMCS shadowing");
	optional(report, has(&caps->proc2, SECONDARY_EXEC_ENABLE_PML), "pml",
		 "page-modification logging (PML)");
	optional(report, has(&caps->pin, PIN_BASED_VMX_PREEMPTION_TIMER), "preemption-timer",
		 "VMX-preemption timer");
}

static u8 physical_width(void)
{
	u32 eax = 0, ebx, ecx, edx;

	__get_cpuid(0x80000008, &eax, &ebx, &ecx, &edx);
	return eax & 0xff;
}

static void check_capabilities(struct check_report *report)
{
	struct vmx_caps caps;

	msr_unreadable = 0;
	caps_from_msrs(&caps, read_msr, physical_width());
	if (msr_unreadable) {
		check_report(report, WARN, "capabilities", "MSR 0x%x cannot be read: %s",
			     msr_unreadable, strerror(errno));
		return;
	}
	check_required(report, &caps);
	check_optional(report, &caps);
}

void check_processor_msrs(struct check_report *report)
{
	msr_fd = open_msr(0);
	if (msr_fd < 0) {
		check_report(
			report, WARN, "capabilities",
			"what firmware and processor allow cannot be seen (/dev/cpu/0/msr: %s); try as root: modprobe msr",
			strerror(errno));
		return;
	}
	if (check_feature_control(report))
		check_capabilities(report);
	close(msr_fd);
}
