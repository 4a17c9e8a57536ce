/* SPDX-License-Identifier: GPL-2.0-only */
/* Being in VMX operation, as a bit of CR4 and for the processor. */
#ifndef NESTOR_OPERATION_H
#define NESTOR_OPERATION_H

#include <asm/processor-flags.h>
#include <asm/special_insns.h>

/*
 * CR4.VMXE is written natively: the kernel's shadow copy of CR4, which KVM asks whether somebody
 * else uses VMX, must go on saying what Linux itself set.
 */
static inline void write_cr4(unsigned long value)
{
	asm volatile("mov %0, %%cr4" : : "r"(value) : "memory");
}

/* Leave VMX operation. */
static inline void vmxoff(void)
{
	asm volatile("vmxoff" : : : "cc", "memory");
	write_cr4(__read_cr4() & ~X86_CR4_VMXE);
}

#endif
