// SPDX-License-Identifier: GPL-2.0-only
/*
 * kexec: load another kernel, and go there.
 *
 * usage: kexec load KERNEL INITRD CMDLINE	the kernel that "kexec go" starts
 *        kexec crash KERNEL INITRD CMDLINE	the kernel that a panic starts
 *        kexec go
 *
 * The first is laid out here, because kexec_file_load(2) has the next kernel's memory hashed before it
 * and after it, for minutes on an emulated machine. Linux's "The Linux/x86 Boot Protocol" says
 * what a kernel finds at its 64-bit entry.
 */
#define _GNU_SOURCE
#include <asm/bootparam.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE_SIZE 4096UL
/* Physical addresses: what the kernel is told, the kernel, what it is given to unpack. */
#define PARAMS_AT  0x90000UL
#define CMDLINE_AT (PARAMS_AT + sizeof(struct boot_params))
#define ENTER_AT   (PARAMS_AT + 2 * PAGE_SIZE)
#define KERNEL_AT  (16UL << 20)
#define INITRD_AT  (256UL << 20)

struct file {
	unsigned char *bytes;
	size_t size;
};

static struct file map(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct file file = { MAP_FAILED, 0 };
	struct stat stat;

	if (fd >= 0 && !fstat(fd, &stat)) {
		file.size = stat.st_size;
		file.bytes = mmap(NULL, file.size, PROT_READ, MAP_PRIVATE, fd, 0);
	}
	if (file.bytes == MAP_FAILED) {
		perror(path);
		exit(1);
	}
	return file;
}

static unsigned long long number(int range, const char *what)
{
	unsigned long long value = 0;
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/firmware/memmap/%d/%s", range, what);
	file = fopen(path, "re");
	if (!file || fscanf(file, "%llx", &value) != 1)
		value = 0;
	if (file)
		fclose(file);
	return value;
}

static int type_of(int range)
{
	char path[64], type[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/sys/firmware/memmap/%d/type", range);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (!fgets(type, sizeof(type), file))
		type[0] = '\0';
	fclose(file);
	if (!strncmp(type, "System RAM", 10))
		return 1;
	return !strncmp(type, "ACPI Tables", 11) ? 3 : 2;
}

/* The next kernel has the memory that the firmware has told this one of. */
static void tell_memory(struct boot_params *params)
{
	int i, type;

	for (i = 0; i < E820_MAX_ENTRIES_ZEROPAGE && (type = type_of(i)); i++) {
		params->e820_table[i].addr = number(i, "start");
		params->e820_table[i].size = number(i, "end") + 1 - number(i, "start");
		params->e820_table[i].type = type;
	}
	params->e820_entries = i;
}

/* A page and more of parameters and command line, and the instructions that enter the kernel. */
static void lay_out(unsigned char *page, const struct file *kernel, size_t initrd,
		    const char *cmdline)
{
	struct boot_params *params = (void *)page;
	const uint64_t rsi = PARAMS_AT, entry = KERNEL_AT + 0x200;
	unsigned char *enter = page + 2 * PAGE_SIZE;
	size_t end = 0x202 + kernel->bytes[0x201];

	memcpy(&params->hdr, kernel->bytes + 0x1f1, end - 0x1f1);
	params->hdr.type_of_loader = 0xff;
	params->hdr.cmd_line_ptr = CMDLINE_AT;
	params->hdr.ramdisk_image = INITRD_AT;
	params->hdr.ramdisk_size = initrd;
	tell_memory(params);
	strcpy((char *)page + sizeof(*params), cmdline);
	memcpy(enter, "\x48\xbe", 2); /* mov $PARAMS_AT, %rsi */
	memcpy(enter + 2, &rsi, 8);
	memcpy(enter + 10, "\x48\xb8", 2); /* mov $entry, %rax */
	memcpy(enter + 12, &entry, 8);
	memcpy(enter + 20, "\xff\xe0", 2); /* jmp *%rax */
}

static struct kexec_segment segment(const void *from, size_t size, unsigned long to, size_t room)
{
	return (struct kexec_segment){ from, size, (void *)to,
				       (room + PAGE_SIZE - 1) & -PAGE_SIZE };
}

static int load(char **words)
{
	static unsigned char page[3 * PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
	struct file kernel = map(words[0]), initrd = map(words[1]);
	const struct setup_header *header = (const void *)(kernel.bytes + 0x1f1);
	size_t setup = (header->setup_sects + 1) * 512UL;
	struct kexec_segment segments[3];

	if (strlen(words[2]) >= PAGE_SIZE || !(header->xloadflags & XLF_KERNEL_64)) {
		fprintf(stderr, "kexec: no such kernel or command line\n");
		return 1;
	}
	lay_out(page, &kernel, initrd.size, words[2]);
	segments[0] = segment(page, sizeof(page), PARAMS_AT, sizeof(page));
	segments[1] =
		segment(kernel.bytes + setup, kernel.size - setup, KERNEL_AT, header->init_size);
	segments[2] = segment(initrd.bytes, initrd.size, INITRD_AT, initrd.size);
	if (syscall(SYS_kexec_load, ENTER_AT, 3UL, segments, KEXEC_ARCH_X86_64)) {
		perror("kexec: load");
		return 1;
	}
	return 0;
}

static int load_crash(char **words)
{
	int kernel = open(words[0], O_RDONLY | O_CLOEXEC);
	int initrd = open(words[1], O_RDONLY | O_CLOEXEC);

	if (kernel < 0 || initrd < 0 ||
	    syscall(SYS_kexec_file_load, kernel, initrd, strlen(words[2]) + 1, words[2],
		    KEXEC_FILE_ON_CRASH)) {
		perror("kexec: crash");
		return 1;
	}
	return 0;
}

static int go(void)
{
	sync();
	syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_KEXEC, NULL);
	perror("kexec: go");
	return 1;
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "load"))
		return load(argv + 2);
	if (argc == 5 && !strcmp(argv[1], "crash"))
		return load_crash(argv + 2);
	if (argc == 2 && !strcmp(argv[1], "go"))
		return go();
	fprintf(stderr, "usage: kexec load|crash KERNEL INITRD CMDLINE, kexec go\n");
	return 2;
}
