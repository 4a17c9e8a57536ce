/* SPDX-License-Identifier: GPL-2.0-only */
/* The first exit of a CPU that has been taken over. */
#ifndef ROOT_TAKEOVER_H
#define ROOT_TAKEOVER_H

struct cpu;

/**
 * takeover_first_exit() - make a CPU's structure ready
 * @cpu: this CPU, with nothing filled but its config; VMCS01 is current
 */
__attribute__((cold)) void takeover_first_exit(struct cpu *cpu);

#endif
