/* SPDX-License-Identifier: GPL-2.0-only */
/* VM entries that the processor has refused, and those that are taken back. */
#ifndef NESTED_RUN_REFUSED_H
#define NESTED_RUN_REFUSED_H

#include "state.h"

void refused_entry(struct nested *n, u64 rflags);

/* The VMLAUNCH or VMRESUME under way has not happened: L1 goes on where it was. VMCS01 is current
 * afterwards. */
void refused_take_back(struct nested *n);

#endif
