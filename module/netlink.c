// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic-netlink family: what user space may read and ask for.
 *
 * uapi/nestor.h draws every message. Counters are read while their CPU goes on counting: each
 * number is exact, but two of them may be a moment apart.
 */
#include <linux/build_bug.h>
#include <linux/capability.h>
#include <linux/cpumask.h>
#include <linux/module.h>
#include <linux/smp.h>
#include <net/genetlink.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include "events.h"
#include "inject.h"
#include "memory.h"
#include "nestor.h"
#include "netlink.h"
#include "put.h"
#include "takeover.h"
#include "versions.h"
#include "world.h"
#include "../uapi/nestor.h"

/* The largest message has room here: one CPU with every counter in use. */
#define DUMP_ALLOC 16384

/* Root mode and user space must number these alike, because numbers are passed on as they are. */
#define SAME(theirs, ours)	static_assert((int)(theirs) == (int)(ours))
SAME(NESTOR_INSN_NR, NR_VMX_INSNS);
#define VMX_INSN(name, handler, undefined, format) SAME(NESTOR_INSN_##name, VMX_##name);
#define INSN(name, format)
#include "arch/insns.def"
#undef VMX_INSN
#undef INSN
SAME(NESTOR_VMCS_ACTIVE, TRACKED_ACTIVE);
SAME(NESTOR_VMCS_CURRENT, TRACKED_CURRENT);
SAME(NESTOR_VMCS_LAUNCHED, TRACKED_LAUNCHED);
SAME(NESTOR_VMCS_SHADOW, TRACKED_SHADOW);
#define EVENT(name, key, template)	SAME(NESTOR_EVENT_##name, EVENT_##name);
#include "machine/events.def"
#undef EVENT
#undef SAME

static struct genl_family nestor_family;

/* A dump remembers this between two messages. */
struct dump_state {
	u32 cpu;
	u32 last_cpu;
	u32 record;
	bool admin;
	u64 address;
};

static bool may_admin(struct sk_buff *request, struct netlink_ext_ack *extack)
{
	if (netlink_capable(request, CAP_SYS_ADMIN))
		return true;
	NL_SET_ERR_MSG(extack, "needs CAP_SYS_ADMIN");
	return false;
}

/* Commands that answer with one message */

static int put_status(struct sk_buff *skb)
{
	unsigned int cpu;
	u32 cpus = 0;

	for_each_possible_cpu(cpu)
		cpus += !!world_shared(cpu);
	if (nla_put_string(skb, NESTOR_A_VERSION, NESTOR_VERSION) ||
	    nla_put_u8(skb, NESTOR_A_ENABLED, takeover_enabled()) ||
	    nla_put_u32(skb, NESTOR_A_NR_CPUS, cpus) ||
	    nla_put_u64_64bit(skb, NESTOR_A_MEMORY_PER_CPU, memory_per_cpu(),
			      NESTOR_A_PAD) ||
	    nla_put_u64_64bit(skb, NESTOR_A_MEMORY_TOTAL, memory_total(), NESTOR_A_PAD))
		return -EMSGSIZE;
	return 0;
}

static int do_status(struct sk_buff *request, struct genl_info *info)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *header;

	if (!skb)
		return -ENOMEM;
	header = genlmsg_put_reply(skb, info, &nestor_family, 0, NESTOR_CMD_STATUS);
	if (!header || put_status(skb)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

static int do_control(struct sk_buff *request, struct genl_info *info)
{
	const char *why = NULL;
	int ret;

	if (!may_admin(request, info->extack))
		return -EPERM;
	if (GENL_REQ_ATTR_CHECK(info, NESTOR_A_ENABLED)) {
		NL_SET_ERR_MSG(info->extack, "say whether to enable or to disable");
		return -EINVAL;
	}
	ret = nla_get_u8(info->attrs[NESTOR_A_ENABLED]) ? takeover_enable(&why) :
							  takeover_disable(&why);
	/*
	 * The sentences are string constants of this module. They may be pointed to, because the
	 * ack is sent before the module can be unloaded.
	 */
	if (ret && why && info->extack)
		info->extack->_msg = why;
	return ret;
}

/* Commands that answer with a message for each CPU or VMCS */

static struct dump_state *dump_state(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct dump_state) > sizeof(cb->ctx));
	return (struct dump_state *)cb->ctx;
}

static const struct nla_policy dump_policy[NESTOR_A_ADDRESS + 1] = {
	[NESTOR_A_CPU]		= { .type = NLA_U32 },
	[NESTOR_A_ADDRESS]	= { .type = NLA_U64 },
};

static int start_cpu(struct netlink_callback *cb, struct nlattr *wanted)
{
	struct dump_state *state = dump_state(cb);

	state->last_cpu = nr_cpu_ids - 1;
	if (!wanted)
		return 0;
	state->cpu = nla_get_u32(wanted);
	state->last_cpu = state->cpu;
	if (state->cpu < nr_cpu_ids && world_shared(state->cpu))
		return 0;
	NL_SET_ERR_MSG_ATTR(cb->extack, wanted, "no such CPU");
	return -ENOENT;
}

/*
 * The attributes are parsed a second time, because the way to those that the core has parsed for a
 * dump differs between kernel releases. The core has refused by now what the command does not take.
 */
static int start_dump(struct netlink_callback *cb)
{
	struct nlattr *attrs[ARRAY_SIZE(dump_policy)];
	struct dump_state *state = dump_state(cb);
	int ret;

	ret = genlmsg_parse(cb->nlh, &nestor_family, attrs, NESTOR_A_ADDRESS, dump_policy,
			    cb->extack);
	if (ret)
		return ret;
	memset(state, 0, sizeof(*state));
	state->admin = netlink_capable(cb->skb, CAP_SYS_ADMIN);
	state->address = NO_ADDRESS;
	if (attrs[NESTOR_A_ADDRESS])
		state->address = nla_get_u64(attrs[NESTOR_A_ADDRESS]);
	cb->min_dump_alloc = DUMP_ALLOC;
	return start_cpu(cb, attrs[NESTOR_A_CPU]);
}

/* Only an administrator may see physical addresses, or interrupt every CPU. */
static int start_admin(struct netlink_callback *cb)
{
	if (!may_admin(cb->skb, cb->extack))
		return -EPERM;
	return start_dump(cb);
}

static void *begin_message(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd, u32 cpu)
{
	void *header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				   &nestor_family, NLM_F_MULTI, cmd);

	if (header && nla_put_u32(skb, NESTOR_A_CPU, cpu)) {
		genlmsg_cancel(skb, header);
		return NULL;
	}
	return header;
}

static int end_message(struct sk_buff *skb, void *header, int ret)
{
	if (ret)
		genlmsg_cancel(skb, header);
	else
		genlmsg_end(skb, header);
	return ret;
}

static int dump_one_cpu(struct sk_buff *skb, struct netlink_callback *cb, u32 cpu)
{
	const struct root_shared *shared = world_shared(cpu);
	void *header;

	if (!shared)
		return 0;
	header = begin_message(skb, cb, NESTOR_CMD_CPU, cpu);
	if (!header)
		return -EMSGSIZE;
	return end_message(skb, header, put_state(skb, shared, dump_state(cb)->admin));
}

static int dump_one_stat(struct sk_buff *skb, struct netlink_callback *cb, u32 cpu)
{
	const struct root_shared *shared = world_shared(cpu);
	void *header;

	if (!shared)
		return 0;
	header = begin_message(skb, cb, NESTOR_CMD_STAT, cpu);
	if (!header)
		return -EMSGSIZE;
	return end_message(skb, header, put_stats(skb, &shared->stats));
}

static void read_capabilities(void *arg)
{
	struct l1_capabilities *l1 = arg;
	int i;

	/* CPUID always exits, so root has told what it reads by the time this returns. */
	cpuid_eax(0);
	l1->exists = 0;
	for (i = 0; i < NR_CAPABILITIES; i++)
		if (!rdmsrq_safe(MSR_IA32_VMX_BASIC + i, &l1->values[i]))
			l1->exists |= BIT_ULL(i);
}

static int dump_one_caps(struct sk_buff *skb, struct netlink_callback *cb, u32 cpu)
{
	const struct root_shared *shared = world_shared(cpu);
	struct l1_capabilities l1;
	void *header;

	/* A CPU that goes offline meanwhile has nothing to tell either. */
	if (!shared || smp_call_function_single(cpu, read_capabilities, &l1, true))
		return 0;
	header = begin_message(skb, cb, NESTOR_CMD_CAPS, cpu);
	if (!header)
		return -EMSGSIZE;
	return end_message(skb, header, put_caps(skb, shared, &l1));
}

static bool vmcs_wanted(const struct dump_state *state, const struct tracked_vmcs *vmcs)
{
	u64 address = READ_ONCE(vmcs->address);

	if (address == NO_ADDRESS)
		return false;
	return state->address == NO_ADDRESS || state->address == address;
}

static int dump_one_vmcs(struct sk_buff *skb, struct netlink_callback *cb, u32 cpu)
{
	const struct root_shared *shared = world_shared(cpu);
	struct dump_state *state = dump_state(cb);

	for (; shared && state->record < NR_TRACKED_VMCS; state->record++) {
		const struct tracked_vmcs *vmcs = &shared->tracked[state->record];
		void *header;

		if (!vmcs_wanted(state, vmcs))
			continue;
		header = begin_message(skb, cb, NESTOR_CMD_VMCS, cpu);
		if (!header || end_message(skb, header, put_vmcs(skb, vmcs)))
			return -EMSGSIZE;
	}
	state->record = 0;
	return 0;
}

/* Fills @skb with what fits; the next call goes on where this one stopped. */
static int dump_cpus(struct sk_buff *skb, struct netlink_callback *cb,
		     int (*dump_one)(struct sk_buff *, struct netlink_callback *, u32))
{
	struct dump_state *state = dump_state(cb);

	for (; state->cpu <= state->last_cpu; state->cpu++)
		if (dump_one(skb, cb, state->cpu))
			return skb->len ? skb->len : -EMSGSIZE;
	return skb->len;
}

static int dump_cpu(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_cpus(skb, cb, dump_one_cpu);
}

static int dump_stat(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_cpus(skb, cb, dump_one_stat);
}

static int dump_caps(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_cpus(skb, cb, dump_one_caps);
}

static int dump_vmcs(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_cpus(skb, cb, dump_one_vmcs);
}

static const struct nla_policy control_policy[NESTOR_A_ENABLED + 1] = {
	[NESTOR_A_ENABLED]	= NLA_POLICY_MAX(NLA_U8, 1),
};

/* A command without a policy takes no attribute at all. */
static const struct genl_ops nestor_ops[] = {
	{
		.cmd	= NESTOR_CMD_STATUS,
		.doit	= do_status,
	},
	{
		.cmd	= NESTOR_CMD_CPU,
		.start	= start_dump,
		.dumpit	= dump_cpu,
		.policy	= dump_policy,
		.maxattr = NESTOR_A_CPU,
	},
	{
		.cmd	= NESTOR_CMD_STAT,
		.start	= start_dump,
		.dumpit	= dump_stat,
		.policy	= dump_policy,
		.maxattr = NESTOR_A_CPU,
	},
	{
		.cmd	= NESTOR_CMD_VMCS,
		.start	= start_admin,
		.dumpit	= dump_vmcs,
		.policy	= dump_policy,
		.maxattr = NESTOR_A_ADDRESS,
	},
	{
		.cmd	= NESTOR_CMD_CAPS,
		.start	= start_admin,
		.dumpit	= dump_caps,
		.policy	= dump_policy,
		.maxattr = NESTOR_A_CPU,
	},
	{
		.cmd	= NESTOR_CMD_CONTROL,
		.doit	= do_control,
		.policy	= control_policy,
		.maxattr = NESTOR_A_ENABLED,
	},
};

/* Events tell physical addresses, as NESTOR_CMD_VMCS does. */
static const struct genl_multicast_group nestor_groups[] = {
	{ .name = NESTOR_GENL_EVENTS, .flags = GENL_MCAST_CAP_SYS_ADMIN },
};

/*
 * With resv_start_op left at 0 the core validates headers and attributes strictly from the first
 * command on. There is one machine for all network namespaces, so all have the family; what needs
 * an administrator needs one of the initial user namespace (may_admin(), events.c).
 */
static struct genl_family nestor_family __ro_after_init = {
	.name		= NESTOR_GENL_NAME,
	.version	= NESTOR_GENL_VERSION,
	.module		= THIS_MODULE,
	.netnsok	= true,
	.ops		= nestor_ops,
	.n_ops		= ARRAY_SIZE(nestor_ops),
	.mcgrps		= nestor_groups,
	.n_mcgrps	= ARRAY_SIZE(nestor_groups),
};

int __init netlink_init(void)
{
	int ret = genl_register_family(&nestor_family);

	if (ret)
		return ret;
	ret = inject_fails(INJECT_NETLINK, 0) ? -ENOMEM : events_init(&nestor_family);
	if (ret)
		genl_unregister_family(&nestor_family);
	return ret;
}

void netlink_exit(void)
{
	events_exit();
	genl_unregister_family(&nestor_family);
}
