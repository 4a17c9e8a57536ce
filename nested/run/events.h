/* SPDX-License-Identifier: GPL-2.0-only */
/* NMIs and machine checks that met root, INITs that L1 must not have yet. */
#ifndef NESTED_RUN_EVENTS_H
#define NESTED_RUN_EVENTS_H

#include "state.h"

void nested_init_signal(struct nested *n);
void nested_deliver_noted(struct nested *n);
void nested_note_nmi(struct nested *n);
void nested_nmi_window(struct nested *n);
void nested_second_nmi(struct nested *n);

#endif
