// SPDX-License-Identifier: GPL-2.0-only
/*
 * segments: a process that has an LDT and ports of its own, and uses both all the time.
 *
 * It says "running", loads GS from its LDT, reads through it and writes to a port, over and over, until SIGTERM. Its
 * status is 0 if it always read what it should. A lost LDT, a lost limit of TR or another's bitmap of ports is SIGSEGV.
 */
#define _GNU_SOURCE
#include <asm/ldt.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ENTRY	 5
#define SELECTOR (ENTRY << 3 | 7) /* of the LDT, RPL 3 */
#define PORT	 0x80		  /* nobody listens there */
#define VALUE	 0x1234567890abcdefull

static volatile sig_atomic_t ended;

static void end(int signal)
{
	(void)signal;
	ended = 1;
}

/* The base of a descriptor has 32 bits. */
static uint64_t *low_word(void)
{
	uint64_t *word = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (word == MAP_FAILED)
		return NULL;
	*word = VALUE;
	return word;
}

static int set_entry(const uint64_t *word)
{
	struct user_desc desc = {
		.entry_number = ENTRY,
		.base_addr = (uintptr_t)word,
		.limit = 4095,
		.seg_32bit = 1,
		.useable = 1,
	};

	return syscall(SYS_modify_ldt, 1, &desc, sizeof(desc));
}

static uint64_t read_by_ldt(void)
{
	uint64_t value;

	asm volatile("mov %1, %%gs\n\tmov %%gs:0, %0" : "=r"(value) : "r"(SELECTOR));
	return value;
}

/* What was loaded from the LDT before stays in GS over a stop of this process. */
static uint64_t read_again(void)
{
	uint64_t value;

	asm volatile("mov %%gs:0, %0" : "=r"(value));
	return value;
}

int main(void)
{
	uint64_t *word = low_word();
	int i, status = 0;

	signal(SIGTERM, end);
	if (!word || set_entry(word) || ioperm(PORT, 1, 1)) {
		perror("modify_ldt, ioperm");
		return 1;
	}
	puts("running");
	fflush(stdout);
	while (!ended && !status) {
		status = read_by_ldt() != VALUE;
		for (i = 0; i < 1000 && !status; i++)
			status = read_again() != VALUE;
		outb(0, PORT);
	}
	return status;
}
