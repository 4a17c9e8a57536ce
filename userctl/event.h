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
 * @tsc: the time-stamp counter when it happened
 * @arg: its arguments, whose meaning depends on @kind
 * @cpu: the CPU on which it happened
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

/* Return: the name of its kind for programs, NULL if this release does not know the kind. */
const char *event_name(const struct event *event);

/* Write to standard output what happened, for people. */
void event_print(const struct event *event);

/* Return: which of its arguments is the number of a check of VM entries, -1 if none is. */
int event_check(const struct event *event);

#endif
