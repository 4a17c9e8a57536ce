// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestor check: can Nestor run on this machine, and if not, why
 *
 * Works without the module. What the module itself will refuse is a FAIL; what may be in its way,
 * or cannot be seen from here, a WARN.
 */
#include <cpuid.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "arch/arch.h"
#include "arch/caps.h"
#include "commands.h"
#include "ctl.h"
#include "json.h"
#include "options.h"
#include "term.h"

static const char help[] =
	"Usage: nestor check [--json]\n"
	"\n"
	"  -j, --json   for programs\n"
	"  -h, --help   this text\n"
	"\n"
	"Each line is PASS, INFO, WARN or FAIL, the name of a check, and what was found.\n"
	"Exit status 0 if nothing failed. To see all: as root, after modprobe msr.\n";

enum result { PASS, INFO, WARN, FAIL, NR_RESULTS };

/* Where the lines go, and how many of each kind there were. */
struct report {
	struct json *json;
	unsigned int count[NR_RESULTS];
};

static const char *const result_names[NR_RESULTS] = { "PASS", "INFO", "WARN", "FAIL" };

static const char *result_colour(enum result result)
{
	switch (result) {
	case PASS:
		return term_green();
	case WARN:
		return term_yellow();
	case FAIL:
		return term_red();
	default:
		return "";
	}
}

static void json_line(struct json *json, enum result result, const char *name, const char *text)
{
	json_object(json, NULL);
	json_string(json, "check", name);
	json_string(json, "result", result_names[result]);
	json_string(json, "text", text);
	json_object_end(json);
}

__printf(4, 5)
static void line(struct report *report, enum result result, const char *name,
		 const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	report->count[result]++;
	if (report->json)
		json_line(report->json, result, name, text);
	else
		printf("%s%s%s %-18s %s\n", result_colour(result), result_names[result],
		       term_plain(), name, text);
}

/* Read a small file. Return: false if it cannot be read; a newline at its end is cut. */
static bool read_file(const char *path, char *buffer, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, buffer, size - 1);
	close(fd);
	if (n < 0)
		return false;
	buffer[n] = '\0';
	buffer[strcspn(buffer, "\n")] = '\0';
	return true;
}

static bool exists(const char *path)
{
	return !access(path, F_OK);
}

/* A module parameter of type bool: Y or N. Return: @otherwise if it is not there. */
static bool parameter(const char *path, bool otherwise)
{
	char value[8];

	return read_file(path, value, sizeof(value)) ? *value == 'Y' : otherwise;
}

/* Is @flag among the flags of /proc/cpuinfo, that is: known to and used by the kernel? */
static bool kernel_uses(const char *flag)
{
	FILE *stream = fopen("/proc/cpuinfo", "re");
	char *text = NULL, *word, *rest;
	bool found = false;
	size_t size = 0;

	while (stream && getline(&text, &size, stream) > 0) {
		if (strncmp(text, "flags", 5))
			continue;
		for (rest = text; !found && (word = strsep(&rest, " \t\n")); )
			found = !strcmp(word, flag);
		break;
	}
	free(text);
	if (stream)
		fclose(stream);
	return found;
}

/* The processor */

/* CPUID leaf 1, ECX */
#define CPUID_VMX (1u << 5)
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

/* SDM: "Discovering Support for VMX" */
static bool check_cpuid(struct report *report)
{
	u32 eax, ebx, ecx = 0, edx;
	char vendor[13];

	read_vendor(vendor);
	__get_cpuid(1, &eax, &ebx, &ecx, &edx);
	if (!(ecx & CPUID_VMX)) {
		line(report, FAIL, "vmx", "this processor (%s) shows no Intel VMX in CPUID%s",
		     vendor,
		     ecx & CPUID_HYPERVISOR ?
			     "; in a virtual machine, allow nested virtualization for it" :
			     "");
		return false;
	}
	if (!strcmp(vendor, "GenuineIntel"))
		line(report, PASS, "vmx", "an Intel processor with VMX");
	else
		line(report, WARN, "vmx", "VMX on a processor of %s, where Nestor is not tried",
		     vendor);
	if (!kernel_uses("vmx"))
		line(report, INFO, "vmx-kernel", "the kernel does not show vmx in /proc/cpuinfo");
	return true;
}

static void check_hypervisor_bit(struct report *report)
{
	u32 eax, ebx, ecx = 0, edx;

	__get_cpuid(1, &eax, &ebx, &ecx, &edx);
	if (ecx & CPUID_HYPERVISOR)
		line(report, INFO, "bare-metal",
		     "this is a virtual machine: VMX comes from the hypervisor below");
	else
		line(report, INFO, "bare-metal", "no hypervisor below shows itself");
}

/* FRED replaces the IDT that Nestor's root mode relies on. */
static void check_fred(struct report *report)
{
	if (kernel_uses("fred"))
		line(report, FAIL, "fred",
		     "FRED is in use, which Nestor does not handle; boot with fred=off");
	else
		line(report, PASS, "fred", "FRED is not in use");
}

/* Its MSRs, if they can be read */

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
 * SDM: "Enabling and Entering VMX Operation": VMXON needs the MSR locked with bit 2 set. Firmware
 * has set it on each CPU by itself, and has been seen to forget some.
 */
static bool check_feature_control(struct report *report)
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
		line(report, FAIL, "firmware",
		     "VMX is %s on CPU %ld (IA32_FEATURE_CONTROL = 0x%llx); enable it in the firmware setup (\"VT-x\")",
		     value & FEAT_CTL_LOCKED ? "locked off" : "not enabled", cpu, value);
		return false;
	}
	line(report, PASS, "firmware", "VMX is enabled (IA32_FEATURE_CONTROL)");
	return true;
}

/* A feature that the module does without when it must */
static void optional(struct report *report, bool there, const char *name, const char *text)
{
	if (there)
		line(report, PASS, name, "%s", text);
	else
		line(report, INFO, name, "no %s; hypervisors above will not have it either", text);
}

static bool required(struct report *report, bool there, const char *name, const char *text)
{
	if (there)
		line(report, PASS, name, "%s", text);
	else
		line(report, FAIL, name, "this processor has no %s, which Nestor needs", text);
	return there;
}

static bool has(const struct vmx_ctls *ctls, u32 bits)
{
	return (ctls->allowed1 & bits) == bits;
}

/* What the take-over cannot do without; the module checks the same. */
static void check_required(struct report *report, const struct vmx_caps *caps)
{
	const u32 exits = VM_EXIT_SAVE_IA32_EFER | VM_EXIT_LOAD_IA32_EFER | VM_EXIT_SAVE_IA32_PAT |
			  VM_EXIT_LOAD_IA32_PAT | VM_EXIT_HOST_ADDR_SPACE_SIZE;
	const u32 entries = VM_ENTRY_LOAD_IA32_EFER | VM_ENTRY_LOAD_IA32_PAT;
	const u64 ept = VMX_EPT_PAGE_WALK_4_BIT | VMX_EPTP_WB_BIT | VMX_EPT_2MB_PAGE_BIT |
			VMX_EPT_INVEPT_BIT | VMX_EPT_EXTENT_CONTEXT_BIT;

	if (required(report, has(&caps->proc2, SECONDARY_EXEC_ENABLE_EPT), "ept",
		     "extended page tables (EPT)"))
		required(report, (caps->ept_vpid & ept) == ept, "ept-features",
			 "EPT with 2-MByte pages, 4-level write-back walks and single INVEPT");
	required(report, has(&caps->proc2, SECONDARY_EXEC_UNRESTRICTED_GUEST), "unrestricted-guest",
		 "unrestricted guest");
	required(report, has(&caps->exit, exits) && has(&caps->entry, entries), "efer-pat",
		 "switching of EFER and PAT on VM entry and exit");
	required(report, has(&caps->proc, CPU_BASED_USE_MSR_BITMAPS), "msr-bitmaps", "MSR bitmaps");
}

static void check_optional(struct report *report, const struct vmx_caps *caps)
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

static void check_capabilities(struct report *report)
{
	struct vmx_caps caps;

	msr_unreadable = 0;
	caps_from_msrs(&caps, read_msr, 0);
	if (msr_unreadable) {
		line(report, WARN, "capabilities", "MSR 0x%x cannot be read: %s", msr_unreadable,
		     strerror(errno));
		return;
	}
	check_required(report, &caps);
	check_optional(report, &caps);
}

static void check_msrs(struct report *report)
{
	msr_fd = open_msr(0);
	if (msr_fd < 0) {
		line(report, WARN, "capabilities",
		     "what firmware and processor allow cannot be seen (/dev/cpu/0/msr: %s); try as root: modprobe msr",
		     strerror(errno));
		return;
	}
	if (check_feature_control(report))
		check_capabilities(report);
	close(msr_fd);
}

/* Other hypervisors */

/*
 * From Linux 6.12 on kvm_intel executes VMXON on every CPU when it is loaded, unless told not to.
 */
static bool kernel_since_6_12(void)
{
	unsigned int major = 0, minor = 0;
	struct utsname name;

	if (uname(&name) || sscanf(name.release, "%u.%u", &major, &minor) != 2)
		return false;
	return major > 6 || (major == 6 && minor >= 12);
}

#define KVM_CURE \
	"load nestor before kvm_intel: modprobe -r kvm_intel; modprobe nestor; modprobe kvm_intel"

static void check_kvm(struct report *report)
{
	bool at_load =
		parameter("/sys/module/kvm/parameters/enable_virt_at_load", kernel_since_6_12());
	char users[16] = "0";

	read_file("/sys/module/kvm_intel/refcnt", users, sizeof(users));
	if (!exists("/sys/module/kvm_intel"))
		line(report, PASS, "kvm", "kvm_intel is not loaded");
	else if (at_load)
		line(report, FAIL, "kvm",
		     "kvm_intel is loaded and holds VMX on every CPU; " KVM_CURE
		     " (or boot with kvm.enable_virt_at_load=0)");
	else if (atoi(users) > 0)
		line(report, WARN, "kvm",
		     "kvm_intel is in use, and holds VMX while a guest runs; shut the guests down");
	else
		line(report, PASS, "kvm", "kvm_intel is loaded and idle");
}

static void check_others(struct report *report)
{
	static const char *const modules[] = { "vboxdrv", "vmmon", "jailhouse", "acrn",
					       "xen_privcmd" };
	char path[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(modules); i++) {
		snprintf(path, sizeof(path), "/sys/module/%s", modules[i]);
		if (exists(path))
			line(report, WARN, "other-hypervisor",
			     "%s is loaded; if it holds VMX, nestor is refused with EBUSY: unload it, load nestor, load it again",
			     modules[i]);
	}
}

/* Loading */

static void check_tdx(struct report *report)
{
	if (parameter("/sys/module/kvm_intel/parameters/tdx", false))
		line(report, FAIL, "tdx",
		     "the TDX module is up, which Nestor does not handle: boot with kvm_intel.tdx=0");
}

/* Its last byte is 1 when Secure Boot is on. */
static bool secure_boot(void)
{
	char value[5] = "";
	int fd = open("/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
		      O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, value, sizeof(value));
	close(fd);
	return n == sizeof(value) && value[4] == 1;
}

static void check_signatures(struct report *report)
{
	char lockdown[128] = "[none]";

	read_file("/sys/kernel/security/lockdown", lockdown, sizeof(lockdown));
	if (!strstr(lockdown, "[none]"))
		line(report, WARN, "lockdown",
		     "kernel lockdown is on (%s): only signed modules load; sign nestor.ko with a key of this machine",
		     lockdown);
	else if (parameter("/sys/module/module/parameters/sig_enforce", false))
		line(report, WARN, "lockdown",
		     "module signatures are enforced: sign nestor.ko with a key of this machine");
	else if (secure_boot())
		line(report, WARN, "lockdown",
		     "Secure Boot is on: an unsigned nestor.ko may be refused");
	else
		line(report, PASS, "lockdown", "unsigned modules may be loaded");
}

/*
 * modules.dep has a line for each module that modprobe can load: its path, a colon, what it needs.
 */
static bool find_module(const char *release, char *path, size_t size)
{
	char list[PATH_MAX], *text = NULL, *base;
	bool found = false;
	size_t room = 0;
	FILE *stream;

	snprintf(list, sizeof(list), "/lib/modules/%s/modules.dep", release);
	stream = fopen(list, "re");
	while (stream && !found && getline(&text, &room, stream) > 0) {
		text[strcspn(text, ":\n")] = '\0';
		base = strrchr(text, '/');
		found = !strncmp(base ? base + 1 : text, "nestor.ko", strlen("nestor.ko"));
	}
	if (found)
		snprintf(path, size, "/lib/modules/%s/%s", release, text);
	free(text);
	if (stream)
		fclose(stream);
	return found;
}

static void check_module(struct report *report)
{
	char path[PATH_MAX];
	struct utsname name;

	uname(&name);
	if (exists("/sys/module/nestor"))
		line(report, PASS, "module", "nestor is loaded");
	else if (find_module(name.release, path, sizeof(path)))
		line(report, PASS, "module", "%s", path);
	else
		line(report, WARN, "module",
		     "no nestor.ko is installed for kernel %s; try: make install, or make dkms-install",
		     name.release);
}

static void check_all(struct report *report)
{
	check_hypervisor_bit(report);
	if (check_cpuid(report))
		check_msrs(report);
	check_fred(report);
	check_tdx(report);
	/* With Nestor in, whoever holds VMX holds it above Nestor. */
	if (!exists("/sys/module/nestor")) {
		check_kvm(report);
		check_others(report);
	}
	check_signatures(report);
	check_module(report);
}

static int print_text(void)
{
	struct report report = { };

	check_all(&report);
	if (report.count[FAIL])
		printf("\nNestor cannot run here: %u failed, %u warning%s\n", report.count[FAIL],
		       report.count[WARN], report.count[WARN] == 1 ? "" : "s");
	else
		printf("\nNestor can run here: %u passed, %u warning%s\n", report.count[PASS],
		       report.count[WARN], report.count[WARN] == 1 ? "" : "s");
	return report.count[FAIL] ? CTL_FAILED : CTL_OK;
}

static int print_json(void)
{
	struct json json = { .stream = stdout };
	struct report report = { .json = &json };

	json_object(&json, NULL);
	json_array(&json, "checks");
	check_all(&report);
	json_array_end(&json);
	json_bool(&json, "ok", !report.count[FAIL]);
	json_object_end(&json);
	json_end(&json);
	return report.count[FAIL] ? CTL_FAILED : CTL_OK;
}

int check_main(int argc, char **argv)
{
	struct options options = { .help = help, .takes = OPTIONS_JSON };
	int ret = options_parse(&options, argc, argv);

	if (ret)
		return ret;
	return ctl_finish(options.json ? print_json() : print_text());
}
