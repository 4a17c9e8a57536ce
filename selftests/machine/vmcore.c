// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmcore: the memory of a kernel that has crashed, as the crash kernel sees it.
 *
 * usage: vmcore hold		keep a page with a pattern, print its physical address
 *        vmcore look ADDRESS	in the crash kernel: the notes tell of VMCOREINFO, the page is there,
 *				and every page of /proc/vmcore can be read
 */
#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE_SIZE   4096UL
#define MAX_SEGMENT 64
#define CHUNK	    (1UL << 20)

static uint64_t pattern(size_t word)
{
	return 0x6e6573746f720000 + word * 0x9e3779b97f4a7c15;
}

static uint64_t physical(const void *address)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t entry = 0;

	if (fd < 0 || pread(fd, &entry, 8, (uintptr_t)address / PAGE_SIZE * 8) != 8)
		return 0;
	close(fd);
	return (entry & ((1ULL << 55) - 1)) * PAGE_SIZE;
}

static int hold(void)
{
	uint64_t *page = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);

	if (page == MAP_FAILED) {
		perror("vmcore: mmap");
		return 1;
	}
	for (size_t i = 0; i < PAGE_SIZE / 8; i++)
		page[i] = pattern(i);
	printf("0x%llx\n", (unsigned long long)physical(page));
	fflush(stdout);
	for (;;)
		pause();
}

struct core {
	int fd;
	Elf64_Ehdr header;
	Elf64_Phdr segment[MAX_SEGMENT];
};

static bool open_core(struct core *core)
{
	size_t size;

	core->fd = open("/proc/vmcore", O_RDONLY | O_CLOEXEC);
	if (core->fd < 0 ||
	    pread(core->fd, &core->header, sizeof(core->header), 0) != sizeof(core->header))
		return false;
	size = core->header.e_phnum * sizeof(*core->segment);
	return !memcmp(core->header.e_ident, ELFMAG, SELFMAG) && core->header.e_type == ET_CORE &&
	       core->header.e_phnum <= MAX_SEGMENT &&
	       pread(core->fd, core->segment, size, core->header.e_phoff) == (ssize_t)size;
}

static bool has_notes(const struct core *core)
{
	const Elf64_Phdr *note = &core->segment[0];
	char *notes = malloc(note->p_filesz);

	return notes && note->p_type == PT_NOTE &&
	       pread(core->fd, notes, note->p_filesz, note->p_offset) == (ssize_t)note->p_filesz &&
	       memmem(notes, note->p_filesz, "VMCOREINFO", 10) &&
	       memmem(notes, note->p_filesz, "OSRELEASE=", 10);
}

static bool has_page(const struct core *core, uint64_t address)
{
	uint64_t page[PAGE_SIZE / 8];

	for (int i = 0; i < core->header.e_phnum; i++) {
		const Elf64_Phdr *at = &core->segment[i];

		if (at->p_type != PT_LOAD || address - at->p_paddr >= at->p_filesz)
			continue;
		if (pread(core->fd, page, PAGE_SIZE, at->p_offset + address - at->p_paddr) !=
		    PAGE_SIZE)
			return false;
		for (size_t word = 0; word < PAGE_SIZE / 8; word++)
			if (page[word] != pattern(word))
				return false;
		return true;
	}
	return false;
}

/* Returns how many MiB of memory there are in it, and 0 if some cannot be read. */
static size_t read_all(const struct core *core)
{
	static char buffer[CHUNK];
	uint64_t at, all = 0;

	for (int i = 0; i < core->header.e_phnum; i++) {
		const Elf64_Phdr *segment = &core->segment[i];
		ssize_t count = 1;

		for (at = 0; at < segment->p_filesz && count > 0; at += count)
			count = pread(core->fd, buffer,
				      segment->p_filesz - at < CHUNK ? segment->p_filesz - at :
								       CHUNK,
				      segment->p_offset + at);
		if (count <= 0)
			return 0;
		all += at;
	}
	return all >> 20;
}

static int look(uint64_t address)
{
	struct core core;
	bool notes, page;
	size_t mib;

	if (!open_core(&core)) {
		perror("vmcore: /proc/vmcore");
		return 1;
	}
	notes = has_notes(&core);
	page = has_page(&core, address);
	mib = read_all(&core);
	printf("notes %s, page %s, %zu MiB read\n", notes ? "good" : "bad", page ? "good" : "bad",
	       mib);
	return !notes || !page || !mib;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "hold"))
		return hold();
	if (argc == 3 && !strcmp(argv[1], "look"))
		return look(strtoull(argv[2], NULL, 0));
	fprintf(stderr, "usage: vmcore hold | look ADDRESS\n");
	return 2;
}
