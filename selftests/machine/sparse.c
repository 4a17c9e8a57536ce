// SPDX-License-Identifier: GPL-2.0-only
/*
 * sparse: a guest with 8 GiB that reads a word of each 2 MiB, and 64 small guests beside it.
 *
 *	sparse FIFO		FIFO brings commands, a line each
 *
 *	NUMBER			the large guest reads so many more words; from the last it goes on
 *				with the first
 *	others			each small guest reads some pages
 *
 * Prints "running" in the beginning and "done" after each command. At the end of the FIFO it exits
 * with 0 if each guest has read what is there.
 *
 * Nothing writes to most of the large guest's memory, so KVM maps one page of zeros there, and 8
 * GiB take no more than their page tables: one for each word.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "vm.h"

#define PAGE   4096UL
#define LARGE  (512 * PAGE)
#define GIB    (512 * LARGE)
#define BASE   (4 * GIB)
#define SIZE   (8 * GIB)
#define PLACES (SIZE / LARGE)
#define TABLES 0x400000UL
/* Every so many words one is not zero. */
#define MARKED 16

#define NR_OTHERS   64
#define OTHER_PAGES 8

DECLARE_BLOB(sparse);

/* A guest that reads on and on through its memory. */
struct reader {
	struct vcpu *vcpu;
	const uint8_t *memory;
	uint64_t base, stride, places;
	uint64_t next, sum;
};

static uint64_t word_at(const struct reader *r, uint64_t place)
{
	uint64_t word;

	memcpy(&word, r->memory + place * r->stride, sizeof(word));
	return word;
}

/* The guest reads what is left of its memory, or @count words if that is less. Returns how many. */
static uint64_t read_some(struct reader *r, uint64_t count)
{
	uint64_t *comm = r->vcpu->vm->comm;

	if (count > r->places - r->next)
		count = r->places - r->next;
	comm[0] = r->base + r->next * r->stride;
	comm[1] = count;
	comm[3] = r->stride;
	vcpu_run_to_step(r->vcpu);
	for (uint64_t i = 0; i < count; i++)
		r->sum += (r->next + i) % MARKED ? 0 : word_at(r, r->next + i);
	check(comm[2] == r->sum, "the guest's sum is 0x%lx, wanted 0x%lx", comm[2], r->sum);
	r->next = (r->next + count) % r->places;
	return count;
}

static void read_words(struct reader *r, uint64_t count)
{
	while (count)
		count -= read_some(r, count);
}

/* Large pages of the guest's own, from 4 GiB on. */
static void map(struct vm *vm)
{
	uint64_t *pdpt = (uint64_t *)(vm->memory + GUEST_PDPT);
	uint64_t *pd = (uint64_t *)(vm->memory + TABLES);

	for (uint64_t i = 0; i < SIZE / GIB; i++)
		pdpt[BASE / GIB + i] = (TABLES + i * PAGE) | 3;
	for (uint64_t i = 0; i < PLACES; i++)
		pd[i] = (BASE + i * LARGE) | 0x83;
}

static void start_large(struct reader *r)
{
	uint8_t *memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	check(memory != MAP_FAILED, "mmap of 8 GiB: %m");
	madvise(memory, SIZE, MADV_NOHUGEPAGE);
	for (uint64_t i = 0; i < PLACES; i += MARKED)
		*(uint64_t *)(memory + i * LARGE) = (i + 1) * 0x9e3779b97f4a7c15;
	*r = (struct reader){
		.vcpu = vm_boot(BLOB(sparse), LONG_MODE),
		.memory = memory,
		.base = BASE,
		.stride = LARGE,
		.places = PLACES,
	};
	map(r->vcpu->vm);
	vm_set_slot(r->vcpu->vm, 1, BASE, memory, SIZE, 0);
}

static void start_other(struct reader *r, uint64_t number)
{
	struct vcpu *vcpu = vm_boot(BLOB(sparse), LONG_MODE);
	uint8_t *memory = vcpu->vm->memory + GUEST_DATA;

	*(uint64_t *)memory = number;
	*r = (struct reader){
		.vcpu = vcpu,
		.memory = memory,
		.base = GUEST_DATA,
		.stride = PAGE,
		.places = OTHER_PAGES,
	};
}

int main(int argc, char **argv)
{
	static struct reader large, other[NR_OTHERS];
	FILE *commands;
	char line[32];

	setvbuf(stdout, NULL, _IOLBF, 0);
	start_large(&large);
	for (int i = 0; i < NR_OTHERS; i++)
		start_other(&other[i], i + 1);
	puts("running");
	commands = argc == 2 ? fopen(argv[1], "r") : NULL;
	check(commands, "no FIFO");
	while (fgets(line, sizeof(line), commands)) {
		if (strcmp(line, "others\n"))
			read_words(&large, strtoul(line, NULL, 10));
		else
			for (int i = 0; i < NR_OTHERS; i++)
				read_words(&other[i], OTHER_PAGES / 2);
		puts("done");
	}
	return 0;
}
