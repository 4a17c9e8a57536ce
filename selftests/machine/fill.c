// SPDX-License-Identifier: GPL-2.0-only
/*
 * fill: take nearly all memory that is free, write its address to a word of each cache line, and look
 * whether it is still there. A page that is somebody else's shows.
 *
 * Prints how many pages it had, ends with 1 if one of them was lost.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE_SIZE 4096UL
#define LINE	  64UL
/* This much is left to the rest of the machine. */
#define SPARE (32UL << 20)

static size_t available(void)
{
	FILE *file = fopen("/proc/meminfo", "re");
	unsigned long kib = 0;
	char line[128];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "MemAvailable: %lu", &kib) == 1)
			break;
	if (file)
		fclose(file);
	return kib << 10;
}

/* Returns how many pages are not what they were, and says which the first is. */
static size_t compare(const char *memory, size_t size)
{
	size_t lost = 0, at, page;

	for (page = 0; page < size; page += PAGE_SIZE) {
		for (at = page; at < page + PAGE_SIZE; at += LINE)
			if (*(const uint64_t *)(memory + at) != (uint64_t)(memory + at))
				break;
		if (at < page + PAGE_SIZE && !lost++)
			printf("page %zu has %#llx\n", page / PAGE_SIZE,
			       *(const unsigned long long *)(memory + at));
	}
	return lost;
}

int main(void)
{
	size_t size = available(), at, lost;
	char *memory;

	size = size > SPARE ? (size - SPARE) & -PAGE_SIZE : 0;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (memory == MAP_FAILED) {
		perror("fill: mmap");
		return 1;
	}
	for (at = 0; at < size; at += LINE)
		*(uint64_t *)(memory + at) = (uint64_t)(memory + at);
	lost = compare(memory, size);
	printf("%zu pages, %zu lost\n", size / PAGE_SIZE, lost);
	return lost != 0;
}
