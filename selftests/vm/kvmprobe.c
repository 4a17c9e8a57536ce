// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does /dev/kvm give its guests Intel VMX? Exits with 0 if so. The presence of the device says
 * little: it may be an AMD machine's, or one whose KVM does not nest.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#define MAX_ENTRIES	256
#define CPUID_1_ECX_VMX (1u << 5)

static int no(const char *why)
{
	printf("%s\n", why);
	return 1;
}

int main(void)
{
	struct kvm_cpuid2 *cpuid;
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return no(strerror(errno));
	if (ioctl(fd, KVM_GET_API_VERSION, 0) != KVM_API_VERSION)
		return no("/dev/kvm is not the KVM that this program knows");
	cpuid = calloc(1, sizeof(*cpuid) + MAX_ENTRIES * sizeof(cpuid->entries[0]));
	if (!cpuid)
		return no("out of memory");
	cpuid->nent = MAX_ENTRIES;
	if (ioctl(fd, KVM_GET_SUPPORTED_CPUID, cpuid))
		return no("KVM does not tell which CPUID it supports");
	for (unsigned int i = 0; i < cpuid->nent; i++)
		if (cpuid->entries[i].function == 1 && cpuid->entries[i].ecx & CPUID_1_ECX_VMX)
			return 0;
	return no("KVM gives its guests no VMX");
}
