// SPDX-License-Identifier: GPL-2.0-only
/*
 * steady: a guest that leaves VMX non-root operation all the time, until it is told to end.
 *
 * Prints "running" when the guest runs. After SIGTERM the guest must still do some more work of
 * its own accord; then this prints "ended" and exits with 0. Whatever happened to the guest
 * meanwhile, it only comes there when it goes on.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>

#include "vm.h"

#define MORE 1000

DECLARE_BLOB(steady);

static uint64_t *comm;

static void on_term(int signal)
{
	(void)signal;
	comm[2] = MORE;
	__atomic_store_n(&comm[0], 1, __ATOMIC_RELEASE);
}

static void say(const char *word)
{
	puts(word);
	fflush(stdout);
}

/* The guest never leaves to user space on its own: somebody else must see that it runs. */
static void *announce(void *unused)
{
	while (__atomic_load_n(&comm[1], __ATOMIC_RELAXED) < MORE)
		sched_yield();
	say("running");
	return unused;
}

int main(void)
{
	const struct sigaction action = { .sa_handler = on_term };
	struct vcpu *vcpu = vm_boot(BLOB(steady), FLAT32);
	pthread_t announcer;

	comm = vcpu->vm->comm;
	sigaction(SIGTERM, &action, NULL);
	if (pthread_create(&announcer, NULL, announce, NULL))
		return 1;
	vcpu_finish(vcpu);
	pthread_join(announcer, NULL);
	say("ended");
	return 0;
}
