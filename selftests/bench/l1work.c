// SPDX-License-Identifier: GPL-2.0-only
/*
 * l1work: what Linux's own work costs, without any guest.
 *
 *	l1work [-p PREFIX] [-x PROGRAM] [NAME...]
 *
 * prints "bench: PREFIXl1-NAME VALUE UNIT": the TSC from the beginning of the work to its end.
 * PROGRAM is what fork-exec executes, a dynamically linked one that does nothing.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"
#include "tsc.h"

#define FILE_SIZE (8 << 20)
#define BUFFER	  65536

static const char *program = "/add/nothing";

static void write_file(const char *name, int fill)
{
	int fd = open(name, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	static char buffer[BUFFER];

	check(fd >= 0, "%s: %m", name);
	memset(buffer, fill, sizeof(buffer));
	for (int i = 0; i < FILE_SIZE / BUFFER; i++)
		check(write(fd, buffer, BUFFER) == BUFFER, "%s: %m", name);
	close(fd);
}

static void copy_file(const char *from, const char *to)
{
	int in = open(from, O_RDONLY), out = open(to, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	static char buffer[BUFFER];
	ssize_t count;

	check(in >= 0 && out >= 0, "%s, %s: %m", from, to);
	while ((count = read(in, buffer, BUFFER)) > 0)
		check(write(out, buffer, count) == count, "%s: %m", to);
	close(in);
	close(out);
}

static void file_copy(void)
{
	write_file("/tmp/l1work.a", 1);
	for (int i = 0; i < 4; i++)
		copy_file("/tmp/l1work.a", "/tmp/l1work.b");
	unlink("/tmp/l1work.a");
	unlink("/tmp/l1work.b");
}

static void wait_for(pid_t child)
{
	int status;

	check(waitpid(child, &status, 0) == child && !status, "a child failed");
}

/* Two processes that wake each other. */
static void ping_pong(void)
{
	const int rounds = 5000;
	int there[2], back[2];
	char byte = 0;
	pid_t child;

	check(!pipe(there) && !pipe(back), "pipe: %m");
	child = fork();
	for (int i = 0; i < rounds; i++) {
		if (child) {
			check(write(there[1], &byte, 1) == 1 && read(back[0], &byte, 1) == 1,
			      "pipe");
		} else if (read(there[0], &byte, 1) != 1 || write(back[1], &byte, 1) != 1) {
			_exit(1);
		}
	}
	if (!child)
		_exit(0);
	wait_for(child);
}

/* Reads a "source", makes a table of its words in fresh memory, writes an "object". */
static void compile_one(int nr)
{
	const size_t size = 1 << 20;
	uint32_t *table =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint32_t hash = nr;
	char name[32];

	if (table == MAP_FAILED)
		_exit(1);
	for (int i = 0; i < 400000; i++) {
		hash = (hash ^ (i & 0x7f)) * 16777619;
		table[hash % (size / sizeof(*table))] += hash;
	}
	snprintf(name, sizeof(name), "/tmp/l1work.%d", nr);
	write_file(name, hash);
	unlink(name);
}

static void compile(void)
{
	for (int i = 0; i < 20; i++) {
		pid_t child = fork();

		if (!child) {
			compile_one(i);
			_exit(0);
		}
		wait_for(child);
	}
}

static void fork_exec(void)
{
	for (int i = 0; i < 100; i++) {
		pid_t child = fork();

		if (!child) {
			execl(program, program, NULL);
			_exit(127);
		}
		wait_for(child);
	}
}

static const struct work {
	const char *name;
	void (*do_it)(void);
} works[] = {
	{ "file-copy", file_copy },
	{ "ping-pong", ping_pong },
	{ "compile", compile },
	{ "fork-exec", fork_exec },
};

static bool is_named(const char *name, char **names)
{
	if (!*names)
		return true;
	for (; *names; names++) {
		if (!strcmp(name, *names))
			return true;
	}
	return false;
}

/* Done once before, so that caches are as full as they get. */
static void measure(const char *prefix, const struct work *work)
{
	uint64_t start;

	work->do_it();
	start = rdtsc();
	work->do_it();
	printf("bench: %sl1-%s %" PRIu64 " %s\n", prefix, work->name, rdtsc() - start, tsc_unit());
}

int main(int argc, char **argv)
{
	const char *prefix = "";
	int option;

	while ((option = getopt(argc, argv, "p:x:")) != -1) {
		if (option == 'p') {
			prefix = optarg;
		} else if (option == 'x') {
			program = optarg;
		} else {
			fputs("usage: l1work [-p PREFIX] [-x PROGRAM] [NAME...]\n", stderr);
			return 2;
		}
	}
	for (size_t i = 0; i < sizeof(works) / sizeof(works[0]); i++) {
		if (is_named(works[i].name, argv + optind))
			measure(prefix, &works[i]);
	}
	return 0;
}
