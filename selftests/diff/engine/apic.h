/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The local APIC, in either mode.
 */
#ifndef ENGINE_APIC_H
#define ENGINE_APIC_H

#include "types.h"

/* Given IA32_APIC_BASE. */
void apic_begin(u64 base);

/* An interrupt was taken: acknowledge it, and remember it if it was Linux's; send those to this CPU again. */
void apic_taken(u64 vector);
void apic_give_back(void);

/* Sends what an ICR says to this CPU. */
void apic_send_to_self(u32 icr);

/* Linux's timer */
void apic_stop_timer(void);
void apic_restore_timer(void);

/* The timer that ends guests which do not end by themselves; stopping it tells if it was that. */
void apic_start_watchdog(void);
int apic_stop_watchdog(void);

/* Take what is pending, and finish what a guest began: by acknowledge-on-exit or in its own handler. */
void apic_drain(void);

#endif
