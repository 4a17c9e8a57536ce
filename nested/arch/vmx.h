/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMX: capabilities, controls, exit information, EPT. VMCS fields, exit reasons, VM-instruction
 * errors and instructions have lists of their own (.def).
 *
 * Names are those of Linux where Linux has one; values are the SDM's. A file includes either this
 * or the <asm/...> header with the same names, never both.
 */
#ifndef NESTED_ARCH_VMX_H
#define NESTED_ARCH_VMX_H

#include "arch/types.h"

/* IA32_VMX_BASIC */
#define VMX_BASIC_REVISION(basic)	((u32)(basic) & 0x7fffffffu)
#define VMX_BASIC_VMCS_SIZE(basic)	((u32)((basic) >> 32) & 0x1fffu)
#define VMX_BASIC_32BIT_PHYS_ADDR_ONLY	BIT_ULL(48)
#define VMX_BASIC_DUAL_MONITOR		BIT_ULL(49)
#define VMX_BASIC_INOUT			BIT_ULL(54)
#define VMX_BASIC_TRUE_CTLS		BIT_ULL(55)
#define VMX_BASIC_NO_HW_ERROR_CODE_CC	BIT_ULL(56)
#define VMX_BASIC_NESTED_EXCEPTION	BIT_ULL(58)

/* Bit 31 of the first word of a VMCS region: the shadow-VMCS indicator */
#define VMCS_SHADOW_INDICATOR		(1u << 31)

/* IA32_VMX_MISC */
#define VMX_MISC_SAVE_EFER_LMA		BIT_ULL(5)
#define VMX_MISC_ACTIVITY_HLT		BIT_ULL(6)
#define VMX_MISC_ACTIVITY_SHUTDOWN	BIT_ULL(7)
#define VMX_MISC_ACTIVITY_WAIT_SIPI	BIT_ULL(8)
#define VMX_MISC_INTEL_PT		BIT_ULL(14)
#define VMX_MISC_RDMSR_SMBASE_IN_SMM	BIT_ULL(15)
/*
 * Bits 27:25 recommend 512 * (N + 1) MSRs in a list at most, and cannot say more than this. What a
 * longer list does is undefined (SDM "Miscellaneous Data").
 */
#define VMX_MISC_MSR_LIST_MAX		(512 * 8)
#define VMX_MISC_NR_CR3_TARGETS(misc)	((u32)((misc) >> 16) & 0x1ffu)
#define VMX_MISC_BLOCK_SMI_ON_VMXOFF	BIT_ULL(28)
#define VMX_MISC_VMWRITE_SHADOW_RO_FIELDS BIT_ULL(29)
#define VMX_MISC_ZERO_LEN_INS		BIT_ULL(30)

/* IA32_VMX_EPT_VPID_CAP */
#define VMX_EPT_EXECUTE_ONLY_BIT		BIT_ULL(0)
#define VMX_EPT_PAGE_WALK_4_BIT			BIT_ULL(6)
#define VMX_EPT_PAGE_WALK_5_BIT			BIT_ULL(7)
#define VMX_EPTP_UC_BIT				BIT_ULL(8)
#define VMX_EPTP_WB_BIT				BIT_ULL(14)
#define VMX_EPT_2MB_PAGE_BIT			BIT_ULL(16)
#define VMX_EPT_1GB_PAGE_BIT			BIT_ULL(17)
#define VMX_EPT_INVEPT_BIT			BIT_ULL(20)
#define VMX_EPT_AD_BIT				BIT_ULL(21)
#define VMX_EPT_ADVANCED_EXIT_INFO_BIT		BIT_ULL(22)
#define VMX_EPT_SUPERVISOR_SHADOW_STACK_BIT	BIT_ULL(23)
#define VMX_EPT_EXTENT_CONTEXT_BIT		BIT_ULL(25)
#define VMX_EPT_EXTENT_GLOBAL_BIT		BIT_ULL(26)
#define VMX_VPID_INVVPID_BIT			BIT_ULL(32)
#define VMX_VPID_EXTENT_INDIVIDUAL_ADDR_BIT	BIT_ULL(40)
#define VMX_VPID_EXTENT_SINGLE_CONTEXT_BIT	BIT_ULL(41)
#define VMX_VPID_EXTENT_GLOBAL_CONTEXT_BIT	BIT_ULL(42)
#define VMX_VPID_EXTENT_SINGLE_NON_GLOBAL_BIT	BIT_ULL(43)

/* INVEPT and INVVPID types */
#define VMX_EPT_EXTENT_CONTEXT			1
#define VMX_EPT_EXTENT_GLOBAL			2
#define VMX_VPID_EXTENT_INDIVIDUAL_ADDR		0
#define VMX_VPID_EXTENT_SINGLE_CONTEXT		1
#define VMX_VPID_EXTENT_ALL_CONTEXT		2
#define VMX_VPID_EXTENT_SINGLE_NON_GLOBAL	3

/* IA32_VMX_VMFUNC, VM-function controls */
#define VMX_VMFUNC_EPTP_SWITCHING		BIT_ULL(0)
/* The field with the TPR threshold has four bits. */
#define TPR_THRESHOLD_MASK 15

#define VMFUNC_EPTP_ENTRIES			512
#define PML_ENTRIES				512

/* Pin-based VM-execution controls */
#define PIN_BASED_EXT_INTR_MASK			(1u << 0)
#define PIN_BASED_NMI_EXITING			(1u << 3)
#define PIN_BASED_VIRTUAL_NMIS			(1u << 5)
#define PIN_BASED_VMX_PREEMPTION_TIMER		(1u << 6)
#define PIN_BASED_POSTED_INTR			(1u << 7)
#define PIN_BASED_ALWAYSON_WITHOUT_TRUE_MSR	0x00000016u

/* Primary processor-based VM-execution controls */
#define CPU_BASED_INTR_WINDOW_EXITING		(1u << 2)
#define CPU_BASED_USE_TSC_OFFSETTING		(1u << 3)
#define CPU_BASED_HLT_EXITING			(1u << 7)
#define CPU_BASED_INVLPG_EXITING		(1u << 9)
#define CPU_BASED_MWAIT_EXITING			(1u << 10)
#define CPU_BASED_RDPMC_EXITING			(1u << 11)
#define CPU_BASED_RDTSC_EXITING			(1u << 12)
#define CPU_BASED_CR3_LOAD_EXITING		(1u << 15)
#define CPU_BASED_CR3_STORE_EXITING		(1u << 16)
#define CPU_BASED_ACTIVATE_TERTIARY_CONTROLS	(1u << 17)
#define CPU_BASED_CR8_LOAD_EXITING		(1u << 19)
#define CPU_BASED_CR8_STORE_EXITING		(1u << 20)
#define CPU_BASED_TPR_SHADOW			(1u << 21)
#define CPU_BASED_NMI_WINDOW_EXITING		(1u << 22)
#define CPU_BASED_MOV_DR_EXITING		(1u << 23)
#define CPU_BASED_UNCOND_IO_EXITING		(1u << 24)
#define CPU_BASED_USE_IO_BITMAPS		(1u << 25)
#define CPU_BASED_MONITOR_TRAP_FLAG		(1u << 27)
#define CPU_BASED_USE_MSR_BITMAPS		(1u << 28)
#define CPU_BASED_MONITOR_EXITING		(1u << 29)
#define CPU_BASED_PAUSE_EXITING			(1u << 30)
#define CPU_BASED_ACTIVATE_SECONDARY_CONTROLS	(1u << 31)
#define CPU_BASED_ALWAYSON_WITHOUT_TRUE_MSR	0x0401e172u

/* Secondary processor-based VM-execution controls */
#define SECONDARY_EXEC_VIRTUALIZE_APIC_ACCESSES	(1u << 0)
#define SECONDARY_EXEC_ENABLE_EPT		(1u << 1)
#define SECONDARY_EXEC_DESC			(1u << 2)
#define SECONDARY_EXEC_ENABLE_RDTSCP		(1u << 3)
#define SECONDARY_EXEC_VIRTUALIZE_X2APIC_MODE	(1u << 4)
#define SECONDARY_EXEC_ENABLE_VPID		(1u << 5)
#define SECONDARY_EXEC_WBINVD_EXITING		(1u << 6)
#define SECONDARY_EXEC_UNRESTRICTED_GUEST	(1u << 7)
#define SECONDARY_EXEC_APIC_REGISTER_VIRT	(1u << 8)
#define SECONDARY_EXEC_VIRTUAL_INTR_DELIVERY	(1u << 9)
#define SECONDARY_EXEC_PAUSE_LOOP_EXITING	(1u << 10)
#define SECONDARY_EXEC_RDRAND_EXITING		(1u << 11)
#define SECONDARY_EXEC_ENABLE_INVPCID		(1u << 12)
#define SECONDARY_EXEC_ENABLE_VMFUNC		(1u << 13)
#define SECONDARY_EXEC_SHADOW_VMCS		(1u << 14)
#define SECONDARY_EXEC_ENCLS_EXITING		(1u << 15)
#define SECONDARY_EXEC_RDSEED_EXITING		(1u << 16)
#define SECONDARY_EXEC_ENABLE_PML		(1u << 17)
#define SECONDARY_EXEC_EPT_VIOLATION_VE		(1u << 18)
#define SECONDARY_EXEC_PT_CONCEAL_VMX		(1u << 19)
#define SECONDARY_EXEC_ENABLE_XSAVES		(1u << 20)
#define SECONDARY_EXEC_PASID_TRANSLATION	(1u << 21)
#define SECONDARY_EXEC_MODE_BASED_EPT_EXEC	(1u << 22)
#define SECONDARY_EXEC_SPP			(1u << 23)
#define SECONDARY_EXEC_PT_USE_GPA		(1u << 24)
#define SECONDARY_EXEC_TSC_SCALING		(1u << 25)
#define SECONDARY_EXEC_ENABLE_USR_WAIT_PAUSE	(1u << 26)
#define SECONDARY_EXEC_ENABLE_PCONFIG		(1u << 27)
#define SECONDARY_EXEC_ENCLV_EXITING		(1u << 28)
#define SECONDARY_EXEC_BUS_LOCK_DETECTION	(1u << 30)
#define SECONDARY_EXEC_NOTIFY_VM_EXITING	(1u << 31)

/* Tertiary processor-based VM-execution controls (64 bits) */
#define TERTIARY_EXEC_LOADIWKEY_EXITING		BIT_ULL(0)
#define TERTIARY_EXEC_ENABLE_HLAT		BIT_ULL(1)
#define TERTIARY_EXEC_EPT_PAGING_WRITE		BIT_ULL(2)
#define TERTIARY_EXEC_GUEST_PAGING_VERIFICATION	BIT_ULL(3)
#define TERTIARY_EXEC_IPI_VIRT			BIT_ULL(4)
#define TERTIARY_EXEC_SEAM_GPA_WIDTH		BIT_ULL(5)
#define TERTIARY_EXEC_ENABLE_MSR_LIST		BIT_ULL(6)
#define TERTIARY_EXEC_VIRT_SPEC_CTRL		BIT_ULL(7)

/* Primary VM-exit controls */
#define VM_EXIT_SAVE_DEBUG_CONTROLS		(1u << 2)
#define VM_EXIT_HOST_ADDR_SPACE_SIZE		(1u << 9)
#define VM_EXIT_LOAD_IA32_PERF_GLOBAL_CTRL	(1u << 12)
#define VM_EXIT_ACK_INTR_ON_EXIT		(1u << 15)
#define VM_EXIT_SAVE_IA32_PAT			(1u << 18)
#define VM_EXIT_LOAD_IA32_PAT			(1u << 19)
#define VM_EXIT_SAVE_IA32_EFER			(1u << 20)
#define VM_EXIT_LOAD_IA32_EFER			(1u << 21)
#define VM_EXIT_SAVE_VMX_PREEMPTION_TIMER	(1u << 22)
#define VM_EXIT_CLEAR_BNDCFGS			(1u << 23)
#define VM_EXIT_PT_CONCEAL_PIP			(1u << 24)
#define VM_EXIT_CLEAR_IA32_RTIT_CTL		(1u << 25)
#define VM_EXIT_CLEAR_IA32_LBR_CTL		(1u << 26)
#define VM_EXIT_CLEAR_UINV			(1u << 27)
#define VM_EXIT_LOAD_CET_STATE			(1u << 28)
#define VM_EXIT_LOAD_IA32_PKRS			(1u << 29)
#define VM_EXIT_SAVE_IA32_PERF_GLOBAL_CTRL	(1u << 30)
#define VM_EXIT_ACTIVATE_SECONDARY_CONTROLS	(1u << 31)
#define VM_EXIT_ALWAYSON_WITHOUT_TRUE_MSR	0x00036dffu

/* Secondary VM-exit controls (64 bits) */
#define SECONDARY_VM_EXIT_SAVE_IA32_FRED	BIT_ULL(0)
#define SECONDARY_VM_EXIT_LOAD_IA32_FRED	BIT_ULL(1)
#define SECONDARY_VM_EXIT_PREMATURELY_BUSY_SS	BIT_ULL(3)

/* VM-entry controls */
#define VM_ENTRY_LOAD_DEBUG_CONTROLS		(1u << 2)
#define VM_ENTRY_IA32E_MODE			(1u << 9)
#define VM_ENTRY_SMM				(1u << 10)
#define VM_ENTRY_DEACT_DUAL_MONITOR		(1u << 11)
#define VM_ENTRY_LOAD_IA32_PERF_GLOBAL_CTRL	(1u << 13)
#define VM_ENTRY_LOAD_IA32_PAT			(1u << 14)
#define VM_ENTRY_LOAD_IA32_EFER			(1u << 15)
#define VM_ENTRY_LOAD_BNDCFGS			(1u << 16)
#define VM_ENTRY_PT_CONCEAL_PIP			(1u << 17)
#define VM_ENTRY_LOAD_IA32_RTIT_CTL		(1u << 18)
#define VM_ENTRY_LOAD_UINV			(1u << 19)
#define VM_ENTRY_LOAD_CET_STATE			(1u << 20)
#define VM_ENTRY_LOAD_IA32_LBR_CTL		(1u << 21)
#define VM_ENTRY_LOAD_IA32_PKRS			(1u << 22)
#define VM_ENTRY_LOAD_IA32_FRED			(1u << 23)
#define VM_ENTRY_ALWAYSON_WITHOUT_TRUE_MSR	0x000011ffu

/* Exit-reason field (SDM "Basic VM-Exit Information") */
#define VMX_EXIT_REASON_BASIC_MASK		0xffffu
#define VMX_EXIT_REASON_SHADOW_STACK_BUSY	(1u << 25)
#define VMX_EXIT_REASON_BUS_LOCK		(1u << 26)
#define VMX_EXIT_REASON_ENCLAVE_MODE		(1u << 27)
#define VMX_EXIT_REASON_PENDING_MTF		(1u << 28)
#define VMX_EXIT_REASON_FROM_VMX_ROOT		(1u << 29)
#define VMX_EXIT_REASON_FAILED_VMENTRY		(1u << 31)

/*
 * Interruption information: VM-exit, IDT-vectoring and VM-entry fields share the layout. Bit 12 is
 * "NMI unblocking due to IRET" in the first, undefined in the second and reserved in the third.
 */
#define INTR_INFO_VECTOR_MASK			0x000000ffu
#define INTR_INFO_INTR_TYPE_MASK		0x00000700u
#define INTR_INFO_DELIVER_CODE_MASK		(1u << 11)
#define INTR_INFO_UNBLOCK_NMI			(1u << 12)
#define INTR_INFO_NESTED_EXCEPTION		(1u << 13)
#define INTR_INFO_VALID_MASK			(1u << 31)
#define INTR_INFO_RESVD_BITS_MASK		0x7ffff000u

#define INTR_TYPE_NMI_INTR			(2u << 8)
#define INTR_TYPE_HARD_EXCEPTION		(3u << 8)
#define INTR_TYPE_SOFT_INTR			(4u << 8)
#define INTR_TYPE_PRIV_SW_EXCEPTION		(5u << 8)
#define INTR_TYPE_SOFT_EXCEPTION		(6u << 8)
#define INTR_TYPE_OTHER_EVENT			(7u << 8)

/* Guest interruptibility state */
#define GUEST_INTR_STATE_STI			(1u << 0)
#define GUEST_INTR_STATE_MOV_SS			(1u << 1)
#define GUEST_INTR_STATE_NMI			(1u << 3)

/* Guest activity state */
#define GUEST_ACTIVITY_ACTIVE			0
#define GUEST_ACTIVITY_SHUTDOWN			2
#define GUEST_ACTIVITY_WAIT_SIPI		3

/* Guest pending debug exceptions */
#define PENDING_DBG_BREAKPOINT			BIT_ULL(12)	/* an enabled one was met */
#define PENDING_DBG_BS				BIT_ULL(14)

/* Segment access rights in a VMCS (SDM "Format of Access Rights") */
#define VMX_AR_TYPE_WRITABLE			(1u << 1)	/* a data segment */
#define VMX_AR_TYPE_READABLE			(1u << 1)	/* a code segment */
#define VMX_AR_TYPE_EXPAND_DOWN			(1u << 2)	/* a data segment */
#define VMX_AR_TYPE_CONFORMING			(1u << 2)	/* a code segment */
#define VMX_AR_TYPE_CODE			(1u << 3)
#define VMX_AR_DPL_SHIFT			5
#define VMX_AR_DPL(ar)				(((ar) >> VMX_AR_DPL_SHIFT) & 3u)
#define VMX_AR_L				(1u << 13)
#define VMX_AR_DB				(1u << 14)
#define VMX_AR_UNUSABLE				(1u << 16)

/* EPT pointer */
#define VMX_EPTP_MT_MASK			0x7ULL
#define VMX_EPTP_PWL_MASK			0x38ULL
#define VMX_EPTP_PWL_4				0x18ULL
#define VMX_EPTP_PWL_5				0x20ULL
#define VMX_EPTP_AD_ENABLE_BIT			BIT_ULL(6)
#define VMX_EPTP_SUPERVISOR_SHADOW_STACK	BIT_ULL(7)
#define VMX_EPTP_RESERVED_LOW			GENMASK_ULL(11, 8)

/* EPT entries */
#define VMX_EPT_READABLE_MASK			BIT_ULL(0)
#define VMX_EPT_WRITABLE_MASK			BIT_ULL(1)
#define VMX_EPT_EXECUTABLE_MASK			BIT_ULL(2)
#define VMX_EPT_RWX_MASK			0x7ULL
#define VMX_EPT_MT_SHIFT			3
#define VMX_EPT_MT_MASK				(0x7ULL << VMX_EPT_MT_SHIFT)
#define VMX_EPT_IPAT_BIT			BIT_ULL(6)
#define VMX_EPT_LEAF_BIT			BIT_ULL(7)
#define VMX_EPT_ACCESS_BIT			BIT_ULL(8)
#define VMX_EPT_DIRTY_BIT			BIT_ULL(9)
#define VMX_EPT_USER_EXECUTABLE_MASK		BIT_ULL(10)
#define VMX_EPT_ADDRESS_MASK			GENMASK_ULL(51, 12)
#define VMX_EPT_SUB_PAGE_WRITE_BIT		BIT_ULL(61)
#define VMX_EPT_SUPPRESS_VE_BIT			BIT_ULL(63)

/* Exit qualification of an EPT violation */
#define EPT_VIOLATION_ACC_READ			BIT_ULL(0)
#define EPT_VIOLATION_ACC_WRITE			BIT_ULL(1)
#define EPT_VIOLATION_ACC_INSTR			BIT_ULL(2)
#define EPT_VIOLATION_READABLE			BIT_ULL(3)
#define EPT_VIOLATION_WRITABLE			BIT_ULL(4)
#define EPT_VIOLATION_EXECUTABLE		BIT_ULL(5)
#define EPT_VIOLATION_USER_EXECUTABLE		BIT_ULL(6)
#define EPT_VIOLATION_GVA_IS_VALID		BIT_ULL(7)
#define EPT_VIOLATION_GVA_TRANSLATED		BIT_ULL(8)
#define EPT_VIOLATION_GVA_USER			BIT_ULL(9)
#define EPT_VIOLATION_NMI_UNBLOCKED		BIT_ULL(12)

/* What VMPTRST stores if there is no current VMCS */
#define VMX_NO_VMCS				(~0ULL)

/* VMX aborts (SDM "VMX Aborts"), and where the VMCS region has their indicator */
#define VMCS_ABORT_INDICATOR_OFFSET		4
#define VMX_ABORT_SAVE_GUEST_MSR_FAIL		1
#define VMX_ABORT_LOAD_HOST_PDPTE_FAIL		2
#define VMX_ABORT_LOAD_HOST_MSR_FAIL		4

/*
 * Exit qualification of exit reason 33 (SDM "VM-Entry Failures During or After Loading
 * Guest State")
 */
#define ENTRY_FAIL_DEFAULT			0
#define ENTRY_FAIL_PDPTE			2
#define ENTRY_FAIL_NMI				3
#define ENTRY_FAIL_VMCS_LINK_PTR		4

#endif
