/* SPDX-License-Identifier: GPL-2.0-only */
/* The two instructions at which Linux changes worlds; stubs.S says more. */
#ifndef NESTOR_STUBS_H
#define NESTOR_STUBS_H

#include <linux/types.h>

/**
 * nestor_vmlaunch() - go on in VMX non-root operation
 * @rsp_field: encoding of the field that gets L1's stack pointer
 * @rip_field: encoding of the field that gets the instruction at which L1 begins
 *
 * Return: 0, in VMX non-root operation; or 1 or 2 when the processor refused.
 */
int nestor_vmlaunch(unsigned long rsp_field, unsigned long rip_field);

/**
 * struct landing - how a landing call ended
 * @what: LAND_* of the contract with root: 0 if it was refused
 * @vmxon_pointer: L1's VMXON pointer, where LAND_IN_VMX is set
 */
struct landing {
	u64 what;
	u64 vmxon_pointer;
};

/**
 * nestor_land() - ask root to give this CPU back
 * @how: LAND_IF_IDLE or LAND_ANYWAY
 *
 * Return: with LAND_DONE in VMX root operation, and NMIs are blocked.
 */
struct landing nestor_land(u64 how);

#endif
