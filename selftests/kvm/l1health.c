// SPDX-License-Identifier: GPL-2.0-only
/*
 * l1health: is the Linux that this runs on well?
 *
 * Ordinary work that a hypervisor below must not disturb: processes, memory, files, scheduling,
 * signals and floating point, on all CPUs at once. Each test checks what it computed.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tap.h"

#define PAGE_SIZE 4096UL

static unsigned int nr_cpus(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN);
}

/* Start @work(number) in a process of its own. */
static pid_t start(void (*work)(unsigned int number), unsigned int number)
{
	pid_t child = fork();

	check(child >= 0, "fork: %m");
	if (child > 0)
		return child;
	work(number);
	_exit(0);
}

/* A worker that fails leaves its reason through fail(), and its status here. */
static void finish(pid_t child)
{
	int status;

	check(waitpid(child, &status, 0) == child, "waitpid: %m");
	check(!WIFSIGNALED(status), "a worker ended by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status))
		_exit(WEXITSTATUS(status));
}

/* Run @work on every CPU at once, @per_cpu processes each, and wait for all. */
static void on_all_cpus(unsigned int per_cpu, void (*work)(unsigned int number))
{
	unsigned int nr = nr_cpus() * per_cpu;
	pid_t *children = calloc(nr, sizeof(*children));

	check(children, "no memory");
	for (unsigned int i = 0; i < nr; i++)
		children[i] = start(work, i);
	for (unsigned int i = 0; i < nr; i++)
		finish(children[i]);
	free(children);
}

/* fork(), and execve() of this program, whose argument is the status it ends with. */
static void fork_exec(unsigned int number)
{
	for (unsigned int i = 0; i < 60; i++) {
		unsigned int wanted = (number * 31 + i) % 100;
		char argument[16];
		int status;
		pid_t child = fork();

		check(child >= 0, "fork: %m");
		snprintf(argument, sizeof(argument), "%u", wanted);
		if (child == 0) {
			execl("/proc/self/exe", "l1health", "--exit", argument, NULL);
			_exit(255);
		}
		check(waitpid(child, &status, 0) == child, "waitpid: %m");
		check(WIFEXITED(status) && WEXITSTATUS(status) == (int)wanted,
		      "wait status 0x%x of a child that ends with %u", status, wanted);
	}
}

static void test_fork_exec(void)
{
	on_all_cpus(2, fork_exec);
}

static uint64_t pattern(uint64_t number, uint64_t page, uint64_t word)
{
	return (number << 48 ^ page << 16 ^ word) * 0x9e3779b97f4a7c15;
}

/* Fill every word of @memory, then find it again. */
static void fill_and_verify(uint64_t *memory, uint64_t pages, uint64_t number)
{
	const uint64_t words = PAGE_SIZE / sizeof(*memory);

	for (uint64_t i = 0; i < pages * words; i++)
		memory[i] = pattern(number, i / words, i % words);
	for (uint64_t i = 0; i < pages * words; i++)
		check(memory[i] == pattern(number, i / words, i % words),
		      "word %lu of page %lu holds 0x%lx", i % words, i / words, memory[i]);
}

static void map_fill_verify(unsigned int number)
{
	const uint64_t pages = 1024;

	for (unsigned int round = 0; round < 4; round++) {
		uint64_t *memory = mmap(NULL, pages * PAGE_SIZE, PROT_READ | PROT_WRITE,
					MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		check(memory != MAP_FAILED, "mmap: %m");
		check(memory[PAGE_SIZE] == 0, "new memory is not zero");
		fill_and_verify(memory, pages, number * 8 + round);
		munmap(memory, pages * PAGE_SIZE);
	}
}

static void test_memory(void)
{
	map_fill_verify(0);
}

static void test_memory_all_cpus(void)
{
	on_all_cpus(2, map_fill_verify);
}

/* After fork() parent and child write into the same pages, and each sees its own only. */
static void test_copy_on_write(void)
{
	const uint64_t pages = 256;
	uint64_t *memory = mmap(NULL, pages * PAGE_SIZE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	check(memory != MAP_FAILED, "mmap: %m");
	for (unsigned int round = 0; round < 8; round++) {
		pid_t child;

		fill_and_verify(memory, pages, round);
		child = fork();
		check(child >= 0, "fork: %m");
		fill_and_verify(memory, pages, child ? 100 + round : 200 + round);
		if (!child)
			_exit(0);
		finish(child);
	}
}

/* Permissions change under running code: each change is a TLB flush, on SMP an interrupt too. */
static void test_mprotect(void)
{
	uint64_t *memory = mmap(NULL, 16 * PAGE_SIZE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	check(memory != MAP_FAILED, "mmap: %m");
	for (uint64_t i = 0; i < 500; i++) {
		memory[0] = i;
		check(!mprotect(memory, 16 * PAGE_SIZE, PROT_READ), "mprotect: %m");
		check(memory[0] == i, "the word is %lu, wanted %lu", memory[0], i);
		check(!mprotect(memory, 16 * PAGE_SIZE, PROT_READ | PROT_WRITE), "mprotect: %m");
	}
}

#define FILE_SIZE (2 << 20)

static uint64_t checksum(const uint64_t *data, size_t size)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < size / sizeof(*data); i++)
		sum = (sum << 7 | sum >> 57) ^ data[i];
	return sum;
}

static void write_all(int fd, const uint8_t *data, size_t size)
{
	while (size > 0) {
		ssize_t written = write(fd, data, size);

		check(written > 0, "write: %m");
		data += written;
		size -= written;
	}
}

static int temporary_file(const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/tmp/l1health.%d.%s", getpid(), name);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	check(fd >= 0, "%s: %m", path);
	unlink(path);
	return fd;
}

static void copy_file(int from, int to)
{
	uint8_t buffer[3000];	/* not a divisor of a page */
	ssize_t got;

	while ((got = read(from, buffer, sizeof(buffer))) > 0)
		write_all(to, buffer, got);
	check(got == 0, "read: %m");
}

static uint64_t file_checksum(int fd)
{
	const uint64_t *data = mmap(NULL, FILE_SIZE, PROT_READ, MAP_SHARED, fd, 0);
	uint64_t sum;

	check(data != MAP_FAILED, "mmap of a file: %m");
	sum = checksum(data, FILE_SIZE);
	munmap((void *)data, FILE_SIZE);
	return sum;
}

/* A file is written, copied with read() and write(), and both are read through mmap(). */
static void file_copy(unsigned int number)
{
	uint64_t *data = malloc(FILE_SIZE), wanted;
	int from = temporary_file("from"), to = temporary_file("to");

	check(data, "no memory");
	for (size_t i = 0; i < FILE_SIZE / sizeof(*data); i++)
		data[i] = pattern(number, 0, i);
	wanted = checksum(data, FILE_SIZE);
	write_all(from, (uint8_t *)data, FILE_SIZE);
	check(lseek(from, 0, SEEK_SET) == 0, "lseek: %m");
	copy_file(from, to);
	check(lseek(to, 0, SEEK_CUR) == FILE_SIZE, "the copy has another size");
	check(file_checksum(from) == wanted, "the file differs from what was written");
	check(file_checksum(to) == wanted, "the copy differs from what was written");
	free(data);
	close(from);
	close(to);
}

static void test_file_copy(void)
{
	on_all_cpus(1, file_copy);
}

/* The end of a chain of pipes: pass on each number, one higher. */
static void pass_on(int from, int to)
{
	uint64_t value;

	while (read(from, &value, sizeof(value)) == sizeof(value)) {
		value++;
		check(write(to, &value, sizeof(value)) == sizeof(value), "write: %m");
	}
}

static void make_pipe(int ends[2])
{
	check(!pipe2(ends, O_CLOEXEC), "pipe: %m");
}

/* Two processes wake each other up in turn. */
static void ping_pong(unsigned int number)
{
	int there[2], back[2];
	pid_t child;

	make_pipe(there);
	make_pipe(back);
	child = fork();
	check(child >= 0, "fork: %m");
	if (!child) {
		close(there[1]);
		pass_on(there[0], back[1]);
		_exit(0);
	}
	for (uint64_t i = 0; i < 1000; i++) {
		uint64_t value = number * 1000000UL + i, answer;

		check(write(there[1], &value, sizeof(value)) == sizeof(value), "write: %m");
		check(read(back[0], &answer, sizeof(answer)) == sizeof(answer), "read: %m");
		check(answer == value + 1, "%lu came back as %lu", value, answer);
	}
	close(there[1]);
	finish(child);
}

static void test_ping_pong(void)
{
	on_all_cpus(2, ping_pong);
}

/* A process that moves itself from CPU to CPU is where it says, each time. */
static void test_migration(void)
{
	cpu_set_t online;

	if (nr_cpus() < 2)
		skip("one CPU");
	check(!sched_getaffinity(0, sizeof(online), &online), "sched_getaffinity: %m");
	for (unsigned int i = 0; i < 200; i++) {
		unsigned int cpu = i % CPU_SETSIZE % nr_cpus();
		cpu_set_t one;

		if (!CPU_ISSET(cpu, &online))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		check(!sched_setaffinity(0, sizeof(one), &one), "sched_setaffinity: %m");
		check(sched_getcpu() == (int)cpu, "on CPU %d, wanted %u", sched_getcpu(), cpu);
	}
}

/* Read in a loop whose assembly clobbers memory. */
static sig_atomic_t alarms;

/* Uses the registers that the interrupted code uses, with other values. */
static void on_alarm(int signal)
{
	const uint64_t ones = ~0UL;

	(void)signal;
	alarms++;
	asm volatile("movq %0, %%xmm0; movq %0, %%xmm7; movq %0, %%xmm15; fninit; fldz; fldz"
		     : : "r" (ones) : "xmm0", "xmm7", "xmm15");
}

/*
 * Compute with x87 and SSE while signals interrupt: a sum of x87 fractions that is exact, and a
 * value that goes round through XMM registers.
 */
static void fpu(unsigned int number)
{
	const struct itimerval every_ms = {
		.it_interval.tv_usec = 1000, .it_value.tv_usec = 1000,
	};
	uint64_t value = pattern(number, 1, 2);

	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &every_ms, NULL);
	while (alarms < 40) {
		const long double eighth = 0.125L;
		long double sum;
		uint64_t out;

		asm volatile("movq %[value], %%xmm0; movq %%xmm0, %%xmm7; fldz; movl $4096, %%ecx;"
			     "1: fldt %[eighth]; faddp; decl %%ecx; jnz 1b;"
			     "movq %%xmm7, %%xmm15; movq %%xmm15, %[out]; fstpt %[sum]"
			     : [sum] "=m" (sum), [out] "=&r" (out)
			     : [value] "r" (value), [eighth] "m" (eighth)
			     : "ecx", "xmm0", "xmm7", "xmm15", "st", "st(1)", "memory");
		check(sum == 512, "the x87 sum is %Lf", sum);
		check(out == value, "the XMM value is 0x%lx, wanted 0x%lx", out, value);
	}
}

static void test_fpu_signals(void)
{
	on_all_cpus(2, fpu);
}

static int64_t nanoseconds(void)
{
	struct timespec now;

	check(!clock_gettime(CLOCK_MONOTONIC, &now), "clock_gettime: %m");
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* Time never goes back, whichever CPU is asked, and a sleep is at least as long as it should be. */
static void test_clock(void)
{
	const struct timespec ms = { .tv_nsec = 1000000 };
	int64_t last = nanoseconds();

	for (int i = 0; i < 20000; i++) {
		int64_t now = nanoseconds();

		check(now >= last, "time went back by %lld ns", (long long)(last - now));
		last = now;
	}
	for (int i = 0; i < 20; i++) {
		last = nanoseconds();
		check(!nanosleep(&ms, NULL), "nanosleep: %m");
		check(nanoseconds() - last >= 1000000, "a sleep of 1 ms took less");
	}
}

static const struct tap_test tests[] = {
	{ "fork-exec", test_fork_exec },
	{ "memory", test_memory },
	{ "memory-all-cpus", test_memory_all_cpus },
	{ "copy-on-write", test_copy_on_write },
	{ "mprotect", test_mprotect },
	{ "file-copy", test_file_copy },
	{ "ping-pong", test_ping_pong },
	{ "migration", test_migration },
	{ "fpu-signals", test_fpu_signals },
	{ "clock", test_clock },
};

int main(int argc, char **argv)
{
	/* The program that the fork-exec test executes. */
	if (argc == 3 && !strcmp(argv[1], "--exit"))
		return atoi(argv[2]);
	return tap_main(argc, argv, tests, ARRAY_SIZE(tests), NULL);
}
