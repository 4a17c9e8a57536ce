/* SPDX-License-Identifier: GPL-2.0-only */
/* Events of the module, by name and in words. */
#ifndef EVENT_H
#define EVENT_H

#include <stdint.h>
#include "family.h"

#define EVENT_ARGS 4

/**
 * struct event - one event
 * @seq: its position in the ring of its CPU
 * @tsc: when
 * @arg: what they mean depends on @kind
 * @cpu: where
 * @kind: enum nestor_event_kind
 */
struct event {
	uint64_t seq;
	uint64_t tsc;
	uint64_t arg[EVENT_ARGS];
	uint32_t cpu;
	uint32_t kind;
};

/* Read an event from the attributes of its message. */
void event_read(struct event *event, struct nlattr **message);

/* Its kind's name for programs. Return: NULL if this release does not know the kind. */
const char *event_name(const struct event *event);

/* Write to standard output what happened, for people. */
void event_print(const struct event *event);

/* Which of its arguments is a check of VM entries? Return: -1 if none is. */
int event_check(const struct event *event);

#endif
