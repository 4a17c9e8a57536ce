/* SPDX-License-Identifier: GPL-2.0-only */
/* Giving a CPU back. */
#ifndef ROOT_LANDING_H
#define ROOT_LANDING_H

#include "arch/types.h"

struct cpu;

/**
 * landing_call() - land, if this VMCALL of L1 is the one that asks for it
 * @cpu: this CPU; VMCS01 is current
 *
 * Return: true if it is, though L1 may be in VMX operation or an NMI come first.
 */
bool landing_call(struct cpu *cpu);

/**
 * landing_noted() - hand an NMI or machine check that met root after the landing call to Linux
 * @cpu: this CPU, which is not ready any more
 */
void landing_noted(struct cpu *cpu);

#endif
