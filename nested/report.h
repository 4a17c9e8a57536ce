/* SPDX-License-Identifier: GPL-2.0-only */
/* The ring of events that Linux reads, one per CPU, beside the counters. */
#ifndef NESTED_REPORT_H
#define NESTED_REPORT_H

#include "state.h"

/**
 * report_event() - leave a record in the event ring
 * @n: L1's VMX
 * @kind: enum root_event_kind
 * @a: the event's first argument; uapi/nestor.h says what the arguments mean
 * @b: the second
 * @c: the third
 * @d: the fourth
 */
void report_event(struct nested *n, u32 kind, u64 a, u64 b, u64 c, u64 d);

#endif
