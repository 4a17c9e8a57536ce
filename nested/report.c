// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ring of events that Linux reads, one per CPU.
 *
 * Root writes the ring and never acts upon what it reads there, because L1 could have changed it.
 * So that Linux notices a record that is being written, its sequence number is 0 meanwhile.
 */
#include "machine/contract.h"
#include "report.h"

void report_event(struct nested *n, u32 kind, u64 a, u64 b, u64 c, u64 d)
{
	struct root_event *event = &n->shared->events[n->next_event % NR_EVENTS];
	u64 seq = ++n->next_event;

	event->seq = 0;
	__atomic_thread_fence(__ATOMIC_RELEASE);
	event->tsc = m_rdtsc();
	event->kind = kind;
	event->cpu = n->shared->cpu;
	event->arg[0] = a;
	event->arg[1] = b;
	event->arg[2] = c;
	event->arg[3] = d;
	__atomic_store_n(&event->seq, seq, __ATOMIC_RELEASE);
	__atomic_store_n(&n->shared->event_next, seq, __ATOMIC_RELEASE);
}
