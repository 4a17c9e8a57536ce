/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known of a CPU, as attributes of a message. All return 0, or -EMSGSIZE for want of room. */
#ifndef NESTOR_PUT_H
#define NESTOR_PUT_H

#include <linux/types.h>
#include "machine/shared.h"

struct sk_buff;

/* In place of the address of a VMCS: there is none */
#define NO_ADDRESS (~0ULL)

/* The capability MSRs as Linux reads them on a CPU: that is what L1 sees, whoever answers. */
struct l1_capabilities {
	u64 values[NR_CAPABILITIES];
	u64 exists;
};

/**
 * put_counts() - an attribute for each number that is not zero
 * @skb: the message
 * @type: of the attribute, which has index and value
 * @values: the numbers
 * @n: how many
 */
int put_counts(struct sk_buff *skb, int type, const u64 *values, u32 n);

/* As that, for exits by reason, with one for the reasons that Nestor does not know. */
int put_exits(struct sk_buff *skb, int type, const u64 *exits);

/* The state of a CPU; @admin may see physical addresses. */
int put_state(struct sk_buff *skb, const struct root_shared *shared, bool admin);
int put_vmcs(struct sk_buff *skb, const struct tracked_vmcs *vmcs);

/**
 * put_caps() - the VMX capability MSRs of a CPU
 * @skb: the message
 * @shared: what root tells of the CPU
 * @l1: what Linux reads there; on a CPU that it runs bare those are the processor's own
 */
int put_caps(struct sk_buff *skb, const struct root_shared *shared,
	     const struct l1_capabilities *l1);

#endif
