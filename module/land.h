/* SPDX-License-Identifier: GPL-2.0-only */
/* Giving one CPU back. */
#ifndef NESTOR_LAND_H
#define NESTOR_LAND_H

/* What becomes of an L1 that is in VMX operation */
enum land_l1 {
	LAND_REFUSE,  /* the CPU is not given back */
	LAND_REENTER, /* it is in VMX operation again afterwards; none of its VMCSs is active */
	LAND_DROP,    /* it is not, as this CPU goes offline */
};

/**
 * land_cpu() - give this CPU back, with interrupts off
 * @l1: what becomes of an L1 that is in VMX operation
 *
 * Return: 0, also if Nestor was not in; -EBUSY as @l1 says.
 */
int land_cpu(enum land_l1 l1);

#endif
