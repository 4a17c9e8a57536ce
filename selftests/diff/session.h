/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What has to be there before the first program.
 */
#ifndef DIFF_SESSION_H
#define DIFF_SESSION_H

#include "arch/types.h"

/* With a device programs can run; without one, text can be made of them. */
void session_open(bool device);

#endif
