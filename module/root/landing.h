/* SPDX-License-Identifier: GPL-2.0-only */
/* Giving a CPU back. */
#ifndef ROOT_LANDING_H
#define ROOT_LANDING_H

#include "arch/types.h"

struct cpu;

/**
 * landing_call() - is this VMCALL Nestor's own, and if so, land
 * @cpu: this CPU; VMCS01 is current
 *
 * Return: true if it was.
 */
bool landing_call(struct cpu *cpu);

#endif
