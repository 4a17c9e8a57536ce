// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is known of a CPU, as attributes of a message; uapi/nestor.h draws them. Root mode goes on
 * writing meanwhile.
 */
#include <linux/bits.h>
#include <net/netlink.h>
#include <asm/msr-index.h>
#include "put.h"
#include "world.h"
#include "../uapi/nestor.h"

static int put_count(struct sk_buff *skb, int type, u32 index, u64 value)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest || nla_put_u32(skb, NESTOR_A_COUNT_INDEX, index) ||
	    nla_put_u64_64bit(skb, NESTOR_A_COUNT_VALUE, value, NESTOR_A_COUNT_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* Puts an attribute for each number that is not zero. */
static int put_counts(struct sk_buff *skb, int type, const u64 *values, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++) {
		u64 value = READ_ONCE(values[i]);

		if (value && put_count(skb, type, i, value))
			return -EMSGSIZE;
	}
	return 0;
}

/* Does the same for exits by reason, and puts one for all reasons that Nestor does not know. */
static int put_exits(struct sk_buff *skb, int type, const u64 *exits)
{
	u64 other = READ_ONCE(exits[OTHER_REASON]);

	if (put_counts(skb, type, exits, NR_EXIT_REASONS))
		return -EMSGSIZE;
	return other ? put_count(skb, type, NESTOR_COUNT_OTHER, other) : 0;
}

static int put_insn(struct sk_buff *skb, u32 kind, const u64 *results)
{
	static const int types[NR_VMX_RESULTS] = {
		[VMX_SUCCEED] = NESTOR_A_INSN_SUCCEED,
		[VMX_FAIL_INVALID] = NESTOR_A_INSN_FAIL_INVALID,
		[VMX_FAIL_VALID] = NESTOR_A_INSN_FAIL_VALID,
		[VMX_FAULT] = NESTOR_A_INSN_FAULT,
	};
	struct nlattr *nest = nla_nest_start(skb, NESTOR_A_STATS_INSN);
	u64 any = 0;
	u32 i;

	if (!nest || nla_put_u32(skb, NESTOR_A_INSN_KIND, kind))
		return -EMSGSIZE;
	for (i = 0; i < NR_VMX_RESULTS; i++) {
		u64 value = READ_ONCE(results[i]);

		any |= value;
		if (nla_put_u64_64bit(skb, types[i], value, NESTOR_A_INSN_PAD))
			return -EMSGSIZE;
	}
	if (any)
		nla_nest_end(skb, nest);
	else
		nla_nest_cancel(skb, nest);
	return 0;
}

static int put_insns(struct sk_buff *skb, const struct root_stats *stats)
{
	u32 i;

	for (i = 0; i < NR_VMX_INSNS; i++)
		if (put_insn(skb, i, stats->insns[i]))
			return -EMSGSIZE;
	return 0;
}

static u64 derived_entries(const struct root_stats *stats)
{
	return shared_entries(stats->l2_reflected);
}

static int put_scalars(struct sk_buff *skb, const struct root_stats *stats)
{
	const struct {
		int type;
		u64 value;
	} scalars[] = {
#define STAT(member, name, words)	{ NESTOR_A_STATS_##name, READ_ONCE(stats->member) },
#define DERIVED(member, name, words)	{ NESTOR_A_STATS_##name, derived_##member(stats) },
#include "machine/stats.def"
#undef DERIVED
#undef STAT
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(scalars); i++)
		if (nla_put_u64_64bit(skb, scalars[i].type, scalars[i].value, NESTOR_A_STATS_PAD))
			return -EMSGSIZE;
	return 0;
}

int put_stats(struct sk_buff *skb, const struct root_stats *stats)
{
	struct nlattr *nest = nla_nest_start(skb, NESTOR_A_STATS);

	if (!nest ||
	    put_exits(skb, NESTOR_A_STATS_L1_EXIT, stats->l1_exits) ||
	    put_exits(skb, NESTOR_A_STATS_L2_OWN, stats->l2_own) ||
	    put_exits(skb, NESTOR_A_STATS_L2_REFLECTED, stats->l2_reflected) ||
	    put_insns(skb, stats) ||
	    put_counts(skb, NESTOR_A_STATS_VM_ERROR, stats->vm_errors, NR_VM_ERRORS) ||
	    put_counts(skb, NESTOR_A_STATS_ROOT_TIME, stats->root_time, NR_TIME_BUCKETS) ||
	    put_scalars(skb, stats) ||
	    put_counts(skb, NESTOR_A_STATS_ENTRY_CHECK, stats->entry_checks, NR_ENTRY_CHECKS))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_pointer(struct sk_buff *skb, int attr, u64 pointer)
{
	if (pointer == NO_ADDRESS)
		return 0;
	return nla_put_u64_64bit(skb, attr, pointer, NESTOR_A_STATE_PAD);
}

/* Who may not see physical addresses in /proc/PID/pagemap does not see these either. */
static int put_pointers(struct sk_buff *skb, const struct root_shared *shared)
{
	if (!READ_ONCE(shared->l1_vmx))
		return 0;
	if (put_pointer(skb, NESTOR_A_STATE_VMXON_PTR, READ_ONCE(shared->vmxon_ptr)))
		return -EMSGSIZE;
	return put_pointer(skb, NESTOR_A_STATE_CURRENT_VMCS, READ_ONCE(shared->current_vmcs));
}

int put_state(struct sk_buff *skb, const struct root_shared *shared, bool admin)
{
	struct nlattr *nest = nla_nest_start(skb, NESTOR_A_STATE);

	if (!nest || nla_put_u8(skb, NESTOR_A_STATE_ACTIVE, !!READ_ONCE(shared->active)) ||
	    nla_put_u8(skb, NESTOR_A_STATE_L1_VMX, !!READ_ONCE(shared->l1_vmx)) ||
	    nla_put_u8(skb, NESTOR_A_STATE_IN_L2, !!READ_ONCE(shared->in_l2)) ||
	    (admin && put_pointers(skb, shared)) ||
	    nla_put_u32(skb, NESTOR_A_STATE_SLOTS, READ_ONCE(shared->slots)) ||
	    nla_put_u32(skb, NESTOR_A_STATE_SLOTS_USED, READ_ONCE(shared->slots_used)) ||
	    nla_put_u32(skb, NESTOR_A_STATE_POOL_PAGES, READ_ONCE(shared->pool_pages)) ||
	    nla_put_u32(skb, NESTOR_A_STATE_POOL_FREE, READ_ONCE(shared->pool_free)) ||
	    nla_put_u64_64bit(skb, NESTOR_A_STATE_TAKEOVER_TICKS, READ_ONCE(shared->takeover_ticks),
			      NESTOR_A_STATE_PAD) ||
	    nla_put_u64_64bit(skb, NESTOR_A_STATE_LANDING_TICKS, READ_ONCE(shared->landing_ticks),
			      NESTOR_A_STATE_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int put_vmcs(struct sk_buff *skb, const struct tracked_vmcs *vmcs)
{
	struct nlattr *nest = nla_nest_start(skb, NESTOR_A_VMCS);
	s32 slot = READ_ONCE(vmcs->slot);

	if (!nest ||
	    nla_put_u64_64bit(skb, NESTOR_A_VMCS_ADDRESS, READ_ONCE(vmcs->address),
			      NESTOR_A_VMCS_PAD) ||
	    nla_put_u32(skb, NESTOR_A_VMCS_FLAGS, READ_ONCE(vmcs->flags)) ||
	    (slot >= 0 && nla_put_u32(skb, NESTOR_A_VMCS_SLOT, slot)) ||
	    nla_put_u64_64bit(skb, NESTOR_A_VMCS_ENTRIES, shared_entries(vmcs->exits),
			      NESTOR_A_VMCS_PAD) ||
	    put_exits(skb, NESTOR_A_VMCS_EXIT, vmcs->exits))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_capability(struct sk_buff *skb, int i, const u64 *processor, const u64 *l1)
{
	struct nlattr *nest = nla_nest_start(skb, NESTOR_A_CAPS_MSR);

	if (!nest || nla_put_u32(skb, NESTOR_A_CAPS_MSR_NUMBER, MSR_IA32_VMX_BASIC + i) ||
	    (processor && nla_put_u64_64bit(skb, NESTOR_A_CAPS_MSR_PROCESSOR, *processor,
					    NESTOR_A_CAPS_MSR_PAD)) ||
	    (l1 && nla_put_u64_64bit(skb, NESTOR_A_CAPS_MSR_L1, *l1, NESTOR_A_CAPS_MSR_PAD)) ||
	    (world.mask[i] &&
	     nla_put_u64_64bit(skb, NESTOR_A_CAPS_MSR_MASK, world.mask[i], NESTOR_A_CAPS_MSR_PAD)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int put_caps(struct sk_buff *skb, const struct root_shared *shared,
	     const struct l1_capabilities *l1)
{
	struct nlattr *nest = nla_nest_start(skb, NESTOR_A_CAPS);
	bool active = READ_ONCE(shared->active);
	const u64 *values = active ? shared->capabilities : l1->values;
	u64 exists = active ? shared->capability_exists : l1->exists;
	int i;

	if (!nest || nla_put_u8(skb, NESTOR_A_CAPS_NESTED, world.nested))
		return -EMSGSIZE;
	for (i = 0; i < NR_CAPABILITIES; i++)
		if (put_capability(skb, i, exists & BIT_ULL(i) ? &values[i] : NULL,
				   l1->exists & BIT_ULL(i) ? &l1->values[i] : NULL))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}
