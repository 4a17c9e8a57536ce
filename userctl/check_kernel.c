// SPDX-License-Identifier: GPL-2.0-only
/* What `nestor check` finds out about the kernel, and about who else is loaded in it. */
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "arch/types.h"
#include "check_kernel.h"

/* Reads the first line of a small file. Return: false if it cannot be read. */
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

/* Reads a module parameter of type bool, Y or N. Return: @otherwise if it is not there. */
static bool parameter(const char *path, bool otherwise)
{
	char value[8];

	return read_file(path, value, sizeof(value)) ? *value == 'Y' : otherwise;
}

/* Is @flag among the flags of /proc/cpuinfo, so that the kernel knows and uses the feature? */
static bool kernel_uses(const char *flag)
{
	FILE *stream = fopen("/proc/cpuinfo", "re");
	char *text = NULL, *word, *rest;
	bool found = false;
	size_t size = 0;

	while (stream && getline(&text, &size, stream) > 0) {
		if (strncmp(text, "flags", 5))
			continue;
		for (rest = text; !found && (word = strsep(&rest, " \t\n"));)
			found = !strcmp(word, flag);
		break;
	}
	free(text);
	if (stream)
		fclose(stream);
	return found;
}

void check_kernel_vmx(struct check_report *report)
{
	if (!kernel_uses("vmx"))
		check_report(report, INFO, "vmx-kernel",
			     "the kernel does not show vmx in /proc/cpuinfo");
}

/* FRED replaces the IDT that Nestor's root mode relies on. */
static void check_fred(struct check_report *report)
{
	if (kernel_uses("fred"))
		check_report(report, FAIL, "fred",
			     "FRED is in use, which Nestor does not handle; boot with fred=off");
	else
		check_report(report, PASS, "fred", "FRED is not in use");
}

/* A KVM that has no user is taken over as it is, be it in VMX operation or not. */
static void check_kvm(struct check_report *report)
{
	bool at_load = parameter("/sys/module/kvm/parameters/enable_virt_at_load", false);
	char users[16] = "0";

	if (!exists("/sys/module/kvm_intel"))
		check_report(report, PASS, "kvm", "kvm_intel is not loaded");
	else if (!read_file("/sys/module/kvm_intel/refcnt", users, sizeof(users)))
		check_report(report, WARN, "kvm",
			     "KVM is built into this kernel and cannot be asked whether a guest "
			     "lives; boot with kvm.enable_virt_at_load=0");
	else if (atoi(users) > 0)
		check_report(
			report, at_load ? FAIL : WARN, "kvm",
			"kvm_intel is in use (refcnt %d): a guest lives, or /dev/kvm is open; end it "
			"first (fuser -v /dev/kvm names it)",
			atoi(users));
	else
		check_report(report, PASS, "kvm", "kvm_intel is loaded and idle");
}

static void check_others(struct check_report *report)
{
	static const char *const modules[] = { "vboxdrv", "vmmon", "jailhouse", "acrn",
					       "xen_privcmd" };
	char path[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(modules); i++) {
		snprintf(path, sizeof(path), "/sys/module/%s", modules[i]);
		if (exists(path))
			check_report(
				report, WARN, "other-hypervisor",
				"%s is loaded; if it holds VMX, nestor is refused with EBUSY: unload it, load nestor, load it again",
				modules[i]);
	}
}

static void check_tdx(struct check_report *report)
{
	if (parameter("/sys/module/kvm_intel/parameters/tdx", false))
		check_report(
			report, FAIL, "tdx",
			"the TDX module is up, which Nestor does not handle: boot with kvm_intel.tdx=0");
}

/* The last byte of the firmware's variable is 1 when Secure Boot is on. */
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

static void check_signatures(struct check_report *report)
{
	char lockdown[128] = "[none]";

	read_file("/sys/kernel/security/lockdown", lockdown, sizeof(lockdown));
	if (!strstr(lockdown, "[none]"))
		check_report(
			report, WARN, "lockdown",
			"kernel lockdown is on (%s): only signed modules load; sign nestor.ko with a key of this machine",
			lockdown);
	else if (parameter("/sys/module/module/parameters/sig_enforce", false))
		check_report(
			report, WARN, "lockdown",
			"module signatures are enforced: sign nestor.ko with a key of this machine");
	else if (secure_boot())
		check_report(report, WARN, "lockdown",
			     "Secure Boot is on: an unsigned nestor.ko may be refused");
	else
		check_report(report, PASS, "lockdown", "unsigned modules may be loaded");
}

/*
 * modules.dep has a line for each module that modprobe can load: its path, a colon, and what it
 * needs.
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

static void check_module(struct check_report *report)
{
	char path[PATH_MAX];
	struct utsname name;

	uname(&name);
	if (exists("/sys/module/nestor"))
		check_report(report, PASS, "module", "nestor is loaded");
	else if (find_module(name.release, path, sizeof(path)))
		check_report(report, PASS, "module", "%s", path);
	else
		check_report(
			report, WARN, "module",
			"no nestor.ko is installed for kernel %s; try: make install, or make dkms-install",
			name.release);
}

void check_kernel(struct check_report *report)
{
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
