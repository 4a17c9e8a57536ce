/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Controls that a random program may have.
 */
#ifndef DIFF_CONTROLS_H
#define DIFF_CONTROLS_H

#include "draft.h"

void controls_choose(struct draft *to);

/* CET state of guest and host */
void controls_choose_cet(struct draft *to);

#endif
