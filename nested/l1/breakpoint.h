/* SPDX-License-Identifier: GPL-2.0-only */
/* L1's data breakpoints, where software makes an access in L1's name. */
#ifndef NESTED_L1_BREAKPOINT_H
#define NESTED_L1_BREAKPOINT_H

#include "arch/types.h"

/**
 * breakpoint_hits() - which data breakpoints does an access hit?
 * @dr7: DR7
 * @linear: linear address of the access
 * @size: its size in bytes
 * @write: it is a write
 * @long_mode: L1 is in 64-bit mode; else linear addresses have 32 bits, and wrap round
 *
 * Return: bits B0 to B3, of breakpoints that are enabled.
 */
u64 breakpoint_hits(u64 dr7, u64 linear, unsigned int size, bool write, bool long_mode);

/**
 * breakpoint_note() - an instruction has made an access that may hit a data breakpoint
 * @linear: linear address of the access
 * @size: its size in bytes
 * @write: it is a write
 * @long_mode: as for breakpoint_hits()
 *
 * VMCS01 is current. The trap becomes pending, so the instruction must complete: L1 gets the #DB
 * behind it.
 */
void breakpoint_note(u64 linear, unsigned int size, bool write, bool long_mode);

#endif
