/* SPDX-License-Identifier: GPL-2.0-only */
/* NMIs and machine checks that arrive in root, and INITs that L1 must not have yet. */
#ifndef NESTED_RUN_EVENTS_H
#define NESTED_RUN_EVENTS_H

#include "state.h"

/**
 * events_init_signal() - note that an INIT has arrived
 * @n: L1's VMX
 */
void events_init_signal(struct nested *n);

/**
 * events_deliver() - deliver pending INITs, machine checks and NMIs, as far as it can be done now
 * @n: L1's VMX; VMCS02 is current if @in_l2, else VMCS01, and so it is afterwards
 *
 * L1 may get an exit of L2 by this, and an entry that is under way may be taken back.
 */
void events_deliver(struct nested *n);

/**
 * events_note_nmi() - note that an NMI has arrived in root
 * @n: L1's VMX
 */
void events_note_nmi(struct nested *n);

/**
 * events_note_mc() - note that a machine check has arrived in root
 * @n: L1's VMX
 */
void events_note_mc(struct nested *n);

/**
 * events_entry_failed() - a VM entry of VMCS01 has failed
 * @n: L1's VMX; VMCS01 is current
 * @reason: the exit-reason field
 *
 * A machine check during the entry ends it so, and nobody has been told of it (SDM "Machine-Check
 * Events During VM Entry"). It is delivered to L1.
 *
 * Return: false if the entry has failed for another reason.
 */
bool events_entry_failed(struct nested *n, u32 reason);

/**
 * events_boundary() - L1 has exited on the instruction boundary where root wanted it to
 * @n: L1's VMX; VMCS01 is current
 */
void events_boundary(struct nested *n);

/**
 * events_nmi_window() - L1 can take an NMI now, which VMCS01 has waited for
 * @n: L1's VMX; VMCS01 is current
 */
void events_nmi_window(struct nested *n);

/**
 * events_second_nmi() - an NMI has caused an exit of L1, as it does while there is an NMI window
 * @n: L1's VMX; VMCS01 is current
 */
void events_second_nmi(struct nested *n);

#endif
