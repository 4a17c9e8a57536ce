/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the VMM and its guests agree on: where things lie in guest-physical memory, and the ports.
 *
 * Read by C, and by the payloads in guest/ through payload.inc.
 */
#ifndef NESTOR_SELFTESTS_GUEST_H
#define NESTOR_SELFTESTS_GUEST_H

#define GUEST_GDT	0x1000
#define GUEST_IDT	0x2000
#define GUEST_PML4	0x3000
#define GUEST_PDPT	0x4000
#define GUEST_PD	0x5000	/* the identity map of the first GiB, 2 MiB pages */
#define GUEST_COMM	0x7000	/* 64-bit words that both sides read and write */
#define GUEST_CODE	0x8000
#define GUEST_STACK	0x20000	/* top; the next vCPU's lies GUEST_STACK_SIZE lower */
#define GUEST_STACK_SIZE 0x2000
#define GUEST_DATA	0x100000
#define GUEST_MEMORY	0x800000

/* No memory is there: an access is MMIO. Within the long-mode identity map. */
#define GUEST_MMIO	0x20000000
/* Where tests put a memory slot of their own. */
#define GUEST_SLOT	0x10000000

#define SEL_CODE32	0x08
#define SEL_DATA	0x10
#define SEL_CODE64	0x18
#define SEL_TSS		0x20	/* 16 bytes in long mode */
#define SEL_CODE16	0x30
#define SEL_DATA16	0x38

#define PORT_DONE	0x10	/* the guest is at its end; 0, or what went wrong */
#define PORT_STEP	0x11	/* the guest has come to a point that the test waits for */
#define PORT_DATA	0x40

/* A CPUID leaf that only the VMM defines. */
#define LEAF_TEST	0x4fff0000

/* The byte offset of word n of the communication page. */
#define COMM(n)		(GUEST_COMM + 8 * (n))

#endif
