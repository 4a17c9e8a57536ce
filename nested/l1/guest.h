/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest of whatever VMCS is current, L1 or L2: moving on, faults, events that are delivered
 * again.
 */
#ifndef NESTED_L1_GUEST_H
#define NESTED_L1_GUEST_H

#include "arch/fault.h"
#include "state.h"

/* The instruction that exited is done: the guest goes on with the next one. */
void nested_advance_rip(void);

/**
 * nested_inject_fault() - let the next VM entry raise a fault
 * @fault: the fault
 */
void nested_inject_fault(struct nested *n, const struct fault *fault);
void nested_inject_gp(struct nested *n);
void nested_inject_ud(struct nested *n);

/**
 * nested_reinject() - inject again what an exit of Nestor's own interrupted
 *
 * IDT-vectoring information becomes VM-entry event injection.
 *
 * Return: was there anything?
 */
bool nested_reinject(struct nested *n);

/*
 * No single-step trap is due for an instruction that faulted and will be executed again. SDM "Saving
 * Non-Register State": exits clear what is pending, but for traps that MOV SS blocks.
 */
void nested_drop_trap(void);

/*
 * An IRET that met an EPT violation or an SPP-related event has unblocked NMIs. It will be executed
 * again, so they are blocked again (exit qualification, bit 12). Where it is to raise a
 * virtualization exception it has unblocked them, as any IRET that faults.
 */
void block_nmis_again(void);

#endif
