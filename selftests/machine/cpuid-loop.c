// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-loop: execute CPUID until SIGTERM. Exits with 0 if the answer was always the same.
 *
 * Prints "running" when it has begun. Registers beside CPUID's four hold values all the time.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static sig_atomic_t over;

static void on_term(int signal)
{
	(void)signal;
	over = 1;
}

struct answer {
	uint32_t eax, ebx, ecx, edx;
	uint64_t kept;
};

/* "memory": a signal may have changed what main() looks at. */
static struct answer ask(void)
{
	struct answer answer = { .eax = 0 };
	uint64_t kept = 0x0123456789abcdef;

	asm volatile("mov %4, %%r12\n"
		     "movq %4, %%xmm5\n"
		     "mov %4, %%rsi\n"
		     "cpuid\n"
		     "xor %%r12, %%rsi\n"
		     "movq %%xmm5, %4\n"
		     "add %%rsi, %4"
		     : "+a"(answer.eax), "=&b"(answer.ebx), "=&c"(answer.ecx), "=&d"(answer.edx),
		       "+r"(kept)
		     :
		     : "r12", "rsi", "xmm5", "memory");
	answer.kept = kept;
	return answer;
}

int main(void)
{
	const struct sigaction action = { .sa_handler = on_term };
	struct answer first = ask();

	sigaction(SIGTERM, &action, NULL);
	puts("running");
	fflush(stdout);
	while (!over) {
		struct answer now = ask();

		if (memcmp(&first, &now, sizeof(now))) {
			fprintf(stderr, "CPUID: %x %x %x %x kept %lx, first %x %x %x %x\n", now.eax,
				now.ebx, now.ecx, now.edx, now.kept, first.eax, first.ebx,
				first.ecx, first.edx);
			return 1;
		}
	}
	return 0;
}
