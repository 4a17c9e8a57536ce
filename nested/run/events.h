/* SPDX-License-Identifier: GPL-2.0-only */
/* NMIs and machine checks that met root, INITs that L1 must not have yet. */
#ifndef NESTED_RUN_EVENTS_H
#define NESTED_RUN_EVENTS_H

#include "state.h"

void events_init_signal(struct nested *n);
void events_deliver(struct nested *n);
void events_note_nmi(struct nested *n);
void events_nmi_window(struct nested *n);
void events_second_nmi(struct nested *n);

#endif
