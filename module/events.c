// SPDX-License-Identifier: GPL-2.0-only
/*
 * The events of root mode, as notifications to whoever listens.
 *
 * Root mode can neither send nor wake anybody. So the rings that it writes are looked at from time
 * to time, and less often while nobody listens.
 */
#include <linux/cpumask.h>
#include <linux/rtnetlink.h>
#include <linux/rwsem.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/user_namespace.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>
#include "events.h"
#include "world.h"
#include "../uapi/nestor.h"

/* The rings are looked at as often as this, with a listener and without. */
#define EVENTS_BUSY (HZ / 10)
#define EVENTS_IDLE HZ

/* For each CPU, this is the position of the next event to tell; only the work below uses it. */
static u64 *told;
static struct delayed_work work;

/* Events go to the multicast group of this family. */
static const struct genl_family *family;

static int put_event(struct sk_buff *skb, const struct root_event *event, u64 seq)
{
	struct nlattr *nest = nla_nest_start(skb, NESTOR_A_EVENT);
	int i;

	if (!nest || nla_put_u64_64bit(skb, NESTOR_A_EVENT_SEQ, seq, NESTOR_A_EVENT_PAD) ||
	    nla_put_u64_64bit(skb, NESTOR_A_EVENT_TSC, event->tsc, NESTOR_A_EVENT_PAD) ||
	    nla_put_u32(skb, NESTOR_A_EVENT_KIND, event->kind))
		return -EMSGSIZE;
	for (i = 0; i < ARRAY_SIZE(event->arg); i++)
		if (nla_put_u64_64bit(skb, NESTOR_A_EVENT_ARG0 + i, event->arg[i],
				      NESTOR_A_EVENT_PAD))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/*
 * Who may join the group is a question that the core asks the user namespace which owns the
 * listener's network namespace, and there anybody may have made himself an administrator. Events
 * tell physical addresses, so only network namespaces of the initial user namespace hear them.
 */
static bool net_listens(struct net *net)
{
	return net->user_ns == &init_user_ns && genl_has_listeners(family, net, 0);
}

static bool anybody_listens(void)
{
	bool listens = false;
	struct net *net;

	down_read(&net_rwsem);
	for_each_net(net)
		listens = listens || net_listens(net);
	up_read(&net_rwsem);
	return listens;
}

/*
 * A namespace for which there is no memory misses the event, and sees so by the numbers. This may
 * sleep, and must: the core lets a listener read then whose socket is getting full.
 */
static void send_everywhere(struct sk_buff *skb)
{
	struct net *net;

	down_read(&net_rwsem);
	for_each_net(net) {
		struct sk_buff *copy = net_listens(net) ? skb_clone(skb, GFP_KERNEL) : NULL;

		if (copy)
			genlmsg_multicast_netns(family, net, copy, 0, 0, GFP_KERNEL);
	}
	up_read(&net_rwsem);
	consume_skb(skb);
}

static void send_event(u32 cpu, const struct root_event *event, u64 seq)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *header;

	if (!skb)
		return;
	header = genlmsg_put(skb, 0, 0, family, 0, NESTOR_CMD_EVENT);
	if (!header || nla_put_u32(skb, NESTOR_A_CPU, cpu) || put_event(skb, event, seq)) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, header);
	send_everywhere(skb);
}

/* Copies the record at a position. Returns false if root mode has reused it meanwhile. */
static bool read_event(const struct root_shared *shared, u64 position, struct root_event *copy)
{
	const struct root_event *event = &shared->events[position % NR_EVENTS];

	/* The copy is made after the first look at its number ... */
	if (smp_load_acquire(&event->seq) != position + 1)
		return false;
	memcpy(copy, event, sizeof(*copy));
	/* ... and before the second. */
	smp_rmb();
	return READ_ONCE(event->seq) == position + 1;
}

static void tell_events(u32 cpu, const struct root_shared *shared, bool listeners)
{
	struct root_event event;
	u64 next;

	/* The events before the position are read after it. */
	next = smp_load_acquire(&shared->event_next);
	if (!listeners)
		told[cpu] = next;
	if (next - told[cpu] > NR_EVENTS)
		told[cpu] = next - NR_EVENTS;
	for (; told[cpu] != next; told[cpu]++)
		if (read_event(shared, told[cpu], &event))
			send_event(cpu, &event, told[cpu]);
}

static void look(struct work_struct *unused)
{
	bool listeners = anybody_listens();
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		if (world_shared(cpu))
			tell_events(cpu, world_shared(cpu), listeners);
	schedule_delayed_work(&work, listeners ? EVENTS_BUSY : EVENTS_IDLE);
}

int __init events_init(const struct genl_family *to)
{
	told = kcalloc(nr_cpu_ids, sizeof(*told), GFP_KERNEL);
	if (!told)
		return -ENOMEM;
	family = to;
	INIT_DELAYED_WORK(&work, look);
	schedule_delayed_work(&work, EVENTS_IDLE);
	return 0;
}

void events_exit(void)
{
	cancel_delayed_work_sync(&work);
	kfree(told);
}
