/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The block of memory by which root informs Linux: one per CPU, ordinary memory that is not hidden.
 *
 * Root writes, Linux reads. Root never reads a value back from here that it acts upon, because L1
 * could have changed it. Each counter has one writer (the CPU it belongs to) and is naturally
 * aligned, so a reader needs no lock; a record of several words carries a sequence number.
 */
#ifndef NESTED_MACHINE_SHARED_H
#define NESTED_MACHINE_SHARED_H

#include "arch/counts.h"
#include "arch/insns.h"
#include "arch/types.h"

#define OTHER_REASON	   NR_EXIT_REASONS
#define NR_REASON_COUNTERS (OTHER_REASON + 1)
#define NR_TRACKED_VMCS	   64
#define NR_TIME_BUCKETS	   32
#define NR_EVENTS	   512
#define NR_CAPABILITIES	   20

/* How a VMX instruction of L1 ended */
enum vmx_result { VMX_SUCCEED, VMX_FAIL_INVALID, VMX_FAIL_VALID, VMX_FAULT, NR_VMX_RESULTS };

/*
 * The counter of a basic exit reason. The last counter is for all reasons that this release does
 * not know.
 */
static inline u32 reason_counter(u32 basic)
{
	return basic < NR_EXIT_REASONS ? basic : OTHER_REASON;
}

/**
 * struct root_stats - the counters of one CPU
 * @l1_exits: VM exits of L1, by basic exit reason (reason_counter())
 * @l2_own: VM exits of L2 that Nestor answered itself, by basic exit reason
 * @l2_reflected: VM exits of L2 delivered to L1, by the basic exit reason that L1 saw
 * @insns: VMX instructions of L1, by kind and result
 * @vm_errors: VMfailValid, by VM-instruction error number
 * @entry_checks: refused VM entries, by the check that refused them (nested/arch/checks.def)
 * @root_time: histogram of TSC ticks from VM exit to VM entry; bucket n counts [2^n, 2^(n+1))
 *
 * The counters that stand alone are listed in stats.def, with those that follow from others
 * (shared_entries()).
 */
struct root_stats {
	u64 l1_exits[NR_REASON_COUNTERS];
	u64 l2_own[NR_REASON_COUNTERS];
	u64 l2_reflected[NR_REASON_COUNTERS];
	u64 insns[NR_VMX_INSNS][NR_VMX_RESULTS];
	u64 vm_errors[NR_VM_ERRORS];
#define STAT(member, name, words)	u64 member;
#define DERIVED(member, name, words)
#include "machine/stats.def"
#undef DERIVED
#undef STAT
	u64 entry_checks[NR_ENTRY_CHECKS];
	u64 root_time[NR_TIME_BUCKETS];
};

/* The number of a reason; see counts.h for why it has no enumeration's name. */
#define REASON_NUMBER(name) (sizeof(((union counted_reasons *)0)->reason_##name) - 1)

/* Does an exit for this reason tell that an entry has failed? */
static inline bool reason_fails_entry(u32 basic)
{
	return basic == REASON_NUMBER(INVALID_STATE) || basic == REASON_NUMBER(MSR_LOAD_FAIL) ||
	       basic == REASON_NUMBER(MCE_DURING_VMENTRY);
}

/**
 * shared_entries() - how many entries reached L2 and ended
 * @exits: exits of L2 that L1 saw, by basic exit reason
 *
 * Each of them has ended in one exit that L1 saw. A counter of its own would have to be taken back
 * where the processor refuses the entry, and a counter must not go back.
 *
 * Return: the number.
 */
static inline u64 shared_entries(const u64 *exits)
{
	u64 entries = 0;
	u32 i;

	for (i = 0; i < NR_REASON_COUNTERS; i++) {
		if (!reason_fails_entry(i))
			entries += *(const volatile u64 *)&exits[i];
	}
	return entries;
}

/* The flags of struct tracked_vmcs */
#define TRACKED_ACTIVE	 1u
#define TRACKED_CURRENT	 2u
#define TRACKED_LAUNCHED 4u
#define TRACKED_SHADOW	 8u

/**
 * struct tracked_vmcs - one VMCS of L1 as this CPU knows it
 * @address: physical address of L1's VMCS region; all ones marks an unused record
 * @flags: TRACKED_*
 * @slot: VMCS02 slot that holds it, or -1 when it lives in L1's region only
 * @exits: VM exits from it that L1 saw, by basic exit reason
 */
struct tracked_vmcs {
	u64 address;
	u32 flags;
	s32 slot;
	u64 exits[NR_REASON_COUNTERS];
};

/* The kinds of events */
enum root_event_kind {
	EVENT_NONE,
#define EVENT(name, key, template)	EVENT_##name,
#include "machine/events.def"
#undef EVENT
};

/**
 * struct root_event - a record of the event ring
 * @seq: the record's position plus 1 when it is complete, 0 while it is written
 * @tsc: time-stamp counter when it was written
 * @kind: enum root_event_kind
 * @cpu: Linux's number of the CPU
 * @arg: the event's arguments
 */
struct root_event {
	u64 seq;
	u64 tsc;
	u32 kind;
	u32 cpu;
	u64 arg[4];
};

/**
 * struct root_shared - the block of one CPU
 * @cpu: Linux's number of the CPU
 * @active: 1 while the CPU is in VMX non-root operation under Nestor
 * @l1_vmx: 1 while L1 is in VMX operation on this CPU
 * @in_l2: 1 while L2 is what will run next on this CPU
 * @vmxon_ptr: L1's VMXON pointer while @l1_vmx
 * @current_vmcs: L1's current-VMCS pointer, all ones if none
 * @slots: number of slots for VMCSs
 * @slots_used: number of slots that hold a VMCS
 * @pool_pages: number of 4-KByte pages that the pool has in all
 * @pool_free: number of pages of the pool that are not in use
 * @takeover_ticks: TSC ticks from the start of taking this CPU over to L1's first instruction
 * @landing_ticks: TSC ticks of the last landing
 * @capabilities: the processor's VMX capability MSRs, from 480H on, as root read them
 * @capability_exists: a bit for each of them: RDMSR did not fault
 * @stats: the counters
 * @tracked: the VMCSs known on this CPU
 * @event_next: position of the next event
 * @events: the event ring: the last NR_EVENTS events
 */
struct root_shared {
	u32 cpu;
	u32 active;
	u32 l1_vmx;
	u32 in_l2;
	u64 vmxon_ptr;
	u64 current_vmcs;
	u32 slots;
	u32 slots_used;
	u32 pool_pages;
	u32 pool_free;
	u64 takeover_ticks;
	u64 landing_ticks;
	u64 capabilities[NR_CAPABILITIES];
	u64 capability_exists;
	struct root_stats stats;
	struct tracked_vmcs tracked[NR_TRACKED_VMCS];
	u64 event_next;
	struct root_event events[NR_EVENTS];
};

/* What must not happen and did: the first argument of EVENT_BUG */
enum root_bug {
#define ROOT_BUG(name, number, words) BUG_##name = number,
#include "machine/bugs.def"
#undef ROOT_BUG
};

#endif
