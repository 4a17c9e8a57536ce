/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is known of a CPU, as attributes of a message. All functions return 0, or -EMSGSIZE when the
 * message has no room left.
 */
#ifndef NESTOR_PUT_H
#define NESTOR_PUT_H

#include <linux/types.h>
#include "machine/shared.h"

struct sk_buff;

/* This stands in place of a VMCS's address where there is none. */
#define NO_ADDRESS (~0ULL)

/*
 * The capability MSRs as Linux reads them on a CPU. That is what L1 sees, whether Nestor answers or
 * the processor.
 */
struct l1_capabilities {
	u64 values[NR_CAPABILITIES];
	u64 exists;
};

/* Put the counters of a CPU. */
int put_stats(struct sk_buff *skb, const struct root_stats *stats);

/* Puts the state of a CPU; physical addresses are in it only if the reader is an @admin. */
int put_state(struct sk_buff *skb, const struct root_shared *shared, bool admin);

/* Puts one VMCS of L1's. */
int put_vmcs(struct sk_buff *skb, const struct tracked_vmcs *vmcs);

/**
 * put_caps() - put the VMX capability MSRs of a CPU
 * @skb: the message
 * @shared: what root tells of the CPU
 * @l1: what Linux reads there; on a CPU that it runs bare those are the processor's own
 */
int put_caps(struct sk_buff *skb, const struct root_shared *shared,
	     const struct l1_capabilities *l1);

#endif
