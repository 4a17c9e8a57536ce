/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest of whatever VMCS is current, L1 or L2: moving on to the next instruction, faults, and
 * events that are delivered again.
 */
#ifndef NESTED_L1_GUEST_H
#define NESTED_L1_GUEST_H

#include "arch/fault.h"
#include "state.h"

/**
 * guest_advance_rip() - the instruction that exited is done: go on with the next one
 *
 * Blocking by STI and MOV SS ends, and with RFLAGS.TF a single-step trap is due.
 */
void guest_advance_rip(void);

/**
 * guest_inject() - let the next VM entry raise a fault
 * @fault: the fault
 */
void guest_inject(const struct fault *fault);

/* Let the next VM entry raise #GP(0), or #UD. */
void guest_inject_gp(void);
void guest_inject_ud(void);

/**
 * guest_reinject() - inject again the event that an exit of Nestor's own interrupted
 *
 * IDT-vectoring information becomes VM-entry event injection.
 *
 * Return: false if the exit interrupted no event.
 */
bool guest_reinject(void);

/**
 * guest_drop_trap() - no single-step trap is due, because the instruction will be executed again
 *
 * A VM exit leaves a trap pending only while MOV SS blocks it (SDM "Saving Non-Register State").
 * Such a trap stays.
 */
void guest_drop_trap(void);

/**
 * guest_retry() - the instruction that exited will be executed again, as if it had not been yet
 */
void guest_retry(void);

/**
 * guest_block_nmis() - block NMIs again if the IRET that exited has unblocked them
 *
 * Bit 12 of the exit qualification of an EPT violation, or of an SPP-related event, tells that an
 * IRET has unblocked NMIs; it will be executed again. Where it is to raise a virtualization
 * exception instead, NMIs stay unblocked, as with any IRET that faults.
 */
void guest_block_nmis(void);

#endif
