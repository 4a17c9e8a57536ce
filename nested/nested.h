/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The door to the emulation of VMX: all that root may call of it.
 */
#ifndef NESTED_NESTED_H
#define NESTED_NESTED_H

#include "ept/ept02.h"
#include "l1/guest.h"
#include "l1/l1state.h"
#include "report.h"
#include "run/events.h"
#include "run/exit.h"
#include "run/refused.h"
#include "run/vmxinsn.h"
#include "state.h"
#include "vmcs/cet.h"

void nested_init(struct nested *n, const struct vmx_caps *caps, struct root_shared *shared,
		 u64 vmcs01, bool page1g);

/* Leave nothing active in hardware: called once L1 is not in VMX operation and the CPU is given
 * back. */
void nested_exit(struct nested *n);

/* Make VMCS01 current whatever is now, forget L2: root is about to stop L1 with a report. */
void nested_abandon(struct nested *n);

#endif
