/* SPDX-License-Identifier: GPL-2.0-only */
/* Stopping L2 on its next instruction boundary. */
#ifndef NESTED_RUN_STOP_H
#define NESTED_RUN_STOP_H

#include "state.h"

/**
 * stop_at_boundary() - let L2 exit on its next instruction boundary
 * @n: L1's VMX; VMCS02 is current
 *
 * The exit comes after the event that is being injected: L2's preemption timer has run out (SDM
 * "VMX-Preemption Timer"). Where L1's own timer has run out that exit is L1's.
 *
 * Return: false on a processor that has no such timer.
 */
bool stop_at_boundary(struct nested *n);

/*
 * L2's exit, or VM entry, has ended what was done so that L2 stops on its next instruction boundary.
 * VMCS02 is current.
 */
void stop_end(struct nested *n, struct vmcs_slot *slot);

#endif
