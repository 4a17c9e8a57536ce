/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From linear to physical addresses through L1's own page tables (SDM "Paging"): no paging, 32-bit,
 * PAE, 4-level and 5-level. L1's physical addresses are the machine's, so this is one walk,
 * not two.
 */
#ifndef NESTED_L1_WALK_H
#define NESTED_L1_WALK_H

#include "arch/fault.h"
#include "arch/types.h"

/* What the access is, one bit or several; it is a read if none is set. */
#define WALK_READ	0u
#define WALK_WRITE	(1u << 0)
#define WALK_FETCH	(1u << 1)	/* an instruction fetch */
#define WALK_USER	(1u << 2)	/* a user-mode access although CPL < 3 */
#define WALK_IMPLICIT	(1u << 3)	/* an implicit supervisor access: descriptor tables, TSS */

/* How a translation ended */
enum walk_result {
	WALK_OK,
	WALK_FAULT,	/* the access raises the fault that is filled in */
	WALK_AGAIN,	/* L1 keeps changing the tables: resume it at the same instruction */
};

/**
 * struct walk_ctx - what a translation depends on
 * @cr0: CR0 as in effect for L1
 * @cr3: CR3
 * @cr4: CR4
 * @efer: IA32_EFER
 * @rflags: RFLAGS
 * @pdpte: the PDPTE registers, for PAE paging only
 * @pkru: PKRU, if CR4.PKE is 1
 * @pkrs: IA32_PKRS, if CR4.PKS is 1
 * @cpl: current privilege level
 * @maxphyaddr: physical-address width in bits
 * @page1g: the processor has 1-GByte pages (CPUID 80000001H, EDX bit 26)
 */
struct walk_ctx {
	u64 cr0;
	u64 cr3;
	u64 cr4;
	u64 efer;
	u64 rflags;
	u64 pdpte[4];
	u32 pkru;
	u32 pkrs;
	u8 cpl;
	u8 maxphyaddr;
	bool page1g;
};

/**
 * walk_linear() - translate a linear address and set accessed and dirty flags
 * @ctx: the paging mode and rights
 * @linear: the address. While EFER.LMA is 0 only its low 32 bits count; while it is 1 the address
 *	must be canonical, as those of operand_linear() are.
 * @access: WALK_*
 * @phys: receives the physical address
 * @fault: receives the #PF
 *
 * Accessed and dirty flags are set only once the access is known to be allowed.
 *
 * Return: enum walk_result; @phys is valid only with WALK_OK.
 */
int walk_linear(const struct walk_ctx *ctx, u64 linear, unsigned int access, u64 *phys,
		struct fault *fault);

#endif
