/* SPDX-License-Identifier: GPL-2.0-only */
/* The two instructions at which Linux changes worlds; stubs.S says more. */
#ifndef NESTOR_STUBS_H
#define NESTOR_STUBS_H

/**
 * nestor_vmlaunch() - go on in VMX non-root operation
 * @rsp_field: encoding of the field that gets L1's stack pointer
 * @rip_field: encoding of the field that gets the instruction at which L1 begins
 *
 * Return: 0, in VMX non-root operation; or 1 or 2 when the processor refused.
 */
int nestor_vmlaunch(unsigned long rsp_field, unsigned long rip_field);

/**
 * nestor_land() - ask root to give this CPU back
 *
 * Return: LAND_DONE, in VMX root operation; or LAND_L1_IN_VMX.
 */
int nestor_land(void);

#endif
