/* SPDX-License-Identifier: GPL-2.0-only */
/* Stopping L1 or L2 on its next instruction boundary. */
#ifndef NESTED_RUN_STOP_H
#define NESTED_RUN_STOP_H

#include "state.h"

/**
 * stop_at_boundary() - let L2 exit on its next instruction boundary
 * @n: L1's VMX; VMCS02 is current
 *
 * The exit is that of a preemption timer which has run out. It comes after the event that is being
 * injected (SDM "VMX-Preemption Timer"). Where L1's own timer has run out the exit is L1's.
 *
 * Return: false on a processor that has no such timer.
 */
bool stop_at_boundary(struct nested *n);

/**
 * stop_end() - undo stop_at_boundary(), after an exit of L2 or in place of its entry
 * @n: L1's VMX; VMCS02 is current
 * @slot: L1's current VMCS
 */
void stop_end(struct nested *n, struct vmcs_slot *slot);

/**
 * stop_l1_at_boundary() - let L1 exit on its next instruction boundary
 * @n: L1's VMX; VMCS01 is current
 *
 * The exit comes as that of stop_at_boundary().
 *
 * Return: false on a processor that has no such timer.
 */
bool stop_l1_at_boundary(const struct nested *n);

/**
 * stop_l1_end() - undo stop_l1_at_boundary()
 * @n: L1's VMX; VMCS01 is current
 */
void stop_l1_end(const struct nested *n);

#endif
