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
void guest_advance_rip(void);

/**
 * guest_inject() - let the next VM entry raise a fault
 * @fault: the fault
 */
void guest_inject(struct nested *n, const struct fault *fault);
void guest_inject_gp(struct nested *n);
void guest_inject_ud(struct nested *n);

/**
 * guest_reinject() - inject again what an exit of Nestor's own interrupted
 *
 * IDT-vectoring information becomes VM-entry event injection.
 *
 * Return: was there anything?
 */
bool guest_reinject(struct nested *n);

/*
 * No single-step trap is due for an instruction that faulted and will be executed again. SDM "Saving
 * Non-Register State": exits clear what is pending, but for traps that MOV SS blocks.
 */
void guest_drop_trap(void);

/*
 * An IRET that met an EPT violation or an SPP-related event has unblocked NMIs. It will be executed
 * again, so they are blocked again (exit qualification, bit 12). Where it is to raise a
 * virtualization exception it has unblocked them, as any IRET that faults.
 */
void guest_block_nmis(void);

#endif
