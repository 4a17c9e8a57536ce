/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers, exceptions, paging and memory types.
 *
 * Names are those of Linux where Linux has one; values are the SDM's. A file includes either this
 * or the <asm/...> header with the same names, never both.
 */
#ifndef NESTED_ARCH_X86_H
#define NESTED_ARCH_X86_H

#include "arch/types.h"

/* General-purpose registers, in the order in which instructions encode them. */
enum gpr {
	GPR_RAX, GPR_RCX, GPR_RDX, GPR_RBX, GPR_RSP, GPR_RBP, GPR_RSI, GPR_RDI,
	GPR_R8, GPR_R9, GPR_R10, GPR_R11, GPR_R12, GPR_R13, GPR_R14, GPR_R15,
	NR_GPRS
};

/* Segment registers, in the order in which instructions encode them. */
enum seg_reg { SEG_ES, SEG_CS, SEG_SS, SEG_DS, SEG_FS, SEG_GS, NR_SEGS };

/* Exception vectors (SDM "Protected-Mode Exceptions and Interrupts") */
#define DE_VECTOR	0
#define DB_VECTOR	1
#define NMI_VECTOR	2
#define UD_VECTOR	6
#define DF_VECTOR	8
#define SS_VECTOR	12
#define GP_VECTOR	13
#define PF_VECTOR	14
#define MC_VECTOR	18
#define VE_VECTOR	20

/* Page-fault error code (SDM "Page-Fault Exceptions") */
#define X86_PF_PROT	(1u << 0)
#define X86_PF_WRITE	(1u << 1)
#define X86_PF_USER	(1u << 2)
#define X86_PF_RSVD	(1u << 3)
#define X86_PF_INSTR	(1u << 4)
#define X86_PF_PK	(1u << 5)

/* RFLAGS */
#define X86_EFLAGS_CF	BIT_ULL(0)
#define X86_EFLAGS_FIXED BIT_ULL(1)
#define X86_EFLAGS_PF	BIT_ULL(2)
#define X86_EFLAGS_AF	BIT_ULL(4)
#define X86_EFLAGS_ZF	BIT_ULL(6)
#define X86_EFLAGS_SF	BIT_ULL(7)
#define X86_EFLAGS_TF	BIT_ULL(8)
#define X86_EFLAGS_IF	BIT_ULL(9)
#define X86_EFLAGS_OF	BIT_ULL(11)
#define X86_EFLAGS_IOPL	GENMASK_ULL(13, 12)
#define X86_EFLAGS_RF	BIT_ULL(16)
#define X86_EFLAGS_VM	BIT_ULL(17)
#define X86_EFLAGS_AC	BIT_ULL(18)

/* CR0 */
#define X86_CR0_PE	BIT_ULL(0)
#define X86_CR0_MP	BIT_ULL(1)
#define X86_CR0_EM	BIT_ULL(2)
#define X86_CR0_TS	BIT_ULL(3)
#define X86_CR0_ET	BIT_ULL(4)
#define X86_CR0_NE	BIT_ULL(5)
#define X86_CR0_WP	BIT_ULL(16)
#define X86_CR0_AM	BIT_ULL(18)
#define X86_CR0_NW	BIT_ULL(29)
#define X86_CR0_CD	BIT_ULL(30)
#define X86_CR0_PG	BIT_ULL(31)

/* CR3 */
#define X86_CR3_LAM_U57	BIT_ULL(61)
#define X86_CR3_LAM_U48	BIT_ULL(62)

/* CR4 */
#define X86_CR4_VME	BIT_ULL(0)
#define X86_CR4_PVI	BIT_ULL(1)
#define X86_CR4_TSD	BIT_ULL(2)
#define X86_CR4_DE	BIT_ULL(3)
#define X86_CR4_PSE	BIT_ULL(4)
#define X86_CR4_PAE	BIT_ULL(5)
#define X86_CR4_MCE	BIT_ULL(6)
#define X86_CR4_PGE	BIT_ULL(7)
#define X86_CR4_PCE	BIT_ULL(8)
#define X86_CR4_OSFXSR	BIT_ULL(9)
#define X86_CR4_OSXMMEXCPT BIT_ULL(10)
#define X86_CR4_UMIP	BIT_ULL(11)
#define X86_CR4_LA57	BIT_ULL(12)
#define X86_CR4_VMXE	BIT_ULL(13)
#define X86_CR4_SMXE	BIT_ULL(14)
#define X86_CR4_FSGSBASE BIT_ULL(16)
#define X86_CR4_PCIDE	BIT_ULL(17)
#define X86_CR4_OSXSAVE	BIT_ULL(18)
#define X86_CR4_KL	BIT_ULL(19)
#define X86_CR4_SMEP	BIT_ULL(20)
#define X86_CR4_SMAP	BIT_ULL(21)
#define X86_CR4_PKE	BIT_ULL(22)
#define X86_CR4_CET	BIT_ULL(23)
#define X86_CR4_PKS	BIT_ULL(24)
#define X86_CR4_UINTR	BIT_ULL(25)
#define X86_CR4_LAM_SUP	BIT_ULL(28)
#define X86_CR4_FRED	BIT_ULL(32)

/* DR6, DR7 */
#define DR6_B		GENMASK_ULL(3, 0)	/* B0 to B3 */
#define DR6_BD		BIT_ULL(13)
#define DR6_BS		BIT_ULL(14)
#define DR6_BT		BIT_ULL(15)
#define DR6_FIXED_1	0xffff0ff0ULL
#define DR7_FIXED_1	0x400ULL
#define DR7_ENABLED	GENMASK_ULL(7, 0)	/* L0, G0 to L3, G3 */
#define DR7_KIND_SHIFT	16			/* of R/W0; those of the others follow 4 bits apart */
#define DR7_LENGTH_SHIFT 18			/* of LEN0 */
#define DR7_WRITES	1u			/* R/W: data writes */
#define DR7_ACCESSES	3u			/* R/W: data reads and writes */
#define NR_BREAKPOINTS	4

/* Memory types, as in MTRRs, PAT, EPT */
#define MEM_TYPE_UC				0
#define MEM_TYPE_WT				4
#define MEM_TYPE_WP				5
#define MEM_TYPE_WB				6
#define MEM_TYPE_UC_MINUS			7	/* PAT only */

/* Page-map-level entries of ordinary paging */
#define PTE_P					BIT_ULL(0)
#define PTE_RW					BIT_ULL(1)
#define PTE_US					BIT_ULL(2)
#define PTE_PWT					BIT_ULL(3)
#define PTE_PCD					BIT_ULL(4)
#define PTE_A					BIT_ULL(5)
#define PTE_D					BIT_ULL(6)
#define PTE_PS					BIT_ULL(7)
#define PTE_G					BIT_ULL(8)
#define PTE_PKEY_SHIFT				59
#define PTE_XD					BIT_ULL(63)

#define PAGE_4K_SHIFT				12
#define PAGE_4K_SIZE				(1u << PAGE_4K_SHIFT)
#define PAGE_4K_MASK				(PAGE_4K_SIZE - 1u)

#endif
