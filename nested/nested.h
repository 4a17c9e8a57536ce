/* SPDX-License-Identifier: GPL-2.0-only */
/* The door to the emulation of VMX: this header includes all of it that module/root may call. */
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

/**
 * nested_init() - prepare the emulation of VMX on a CPU that is being taken over
 * @n: L1's VMX: all zeros, but for the pool, which has its pages
 * @caps: the capabilities that L1 may use; they must stay where they are
 * @shared: the CPU's block of counters and events
 * @vmcs01: physical address of VMCS01, which is current
 * @page1g: the processor has 1-GByte pages
 */
void nested_init(struct nested *n, const struct vmx_caps *caps, struct root_shared *shared,
		 u64 vmcs01, bool page1g);

/**
 * nested_exit() - leave nothing active in the processor, and give all pages back to the pool
 * @n: L1's VMX; VMCS01 is and remains current
 *
 * The CPU is being given back. An L1 that is still in VMX operation leaves it as by VMXOFF.
 */
void nested_exit(struct nested *n);

/**
 * nested_abandon() - forget L2 and make VMCS01 current, whichever VMCS is current now
 * @n: L1's VMX
 *
 * Root is about to stop L1 with a report of a fault of Nestor's own.
 */
void nested_abandon(struct nested *n);

#endif
