/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The contract between the Linux half and the root image.
 *
 * The root image is a program of its own, linked at ROOT_IMAGE_BASE without any undefined symbol.
 * The Linux half copies it to pages of its own, builds the address space that it runs in, fills one
 * struct root_config per CPU and makes VMCS01 point at it. From then on the two meet only at VM
 * exits.
 */
#ifndef NESTOR_ROOT_ABI_H
#define NESTOR_ROOT_ABI_H

/*
 * Root's page tables map the image, and physical addresses of at most so many bits, at these
 * addresses.
 */
#define ROOT_IMAGE_BASE 0xffffffff80000000
#define ROOT_PHYS_BASE	0xffff800000000000
#define ROOT_PHYS_BITS	46

#define ROOT_HEADER_MAGIC 0x31544f4f524e
#define ROOT_STACK_SIZE	  16384
#define ROOT_IST_SIZE	  4096

/* Selectors of root's own GDT */
#define ROOT_CS 0x08
#define ROOT_SS 0x10
#define ROOT_TR 0x18

/*
 * Each event that may arrive at any instruction has a stack of its own in the interrupt stack
 * table.
 */
#define ROOT_IST_NMI   1
#define ROOT_IST_MC    2
#define ROOT_IST_DF    3
#define ROOT_IST_FAULT 4
#define ROOT_NR_IST    4

#define ROOT_NR_VECTORS 32
#define ROOT_STUB_SIZE	16

/* Memory comes in blocks of 2 MiB, so that EPT01 hides it without splitting a large page. */
#define ROOT_BLOCK_SHIFT 21
#define ROOT_BLOCK_SIZE	 (1ul << ROOT_BLOCK_SHIFT)
#define ROOT_MAX_BLOCKS	 64

/*
 * The function with the landing call has no other VMCALL within this many bytes of its beginning.
 */
#define LAND_FUNCTION_SIZE 64

/* The landing call has in RDI what to do when L1 is in VMX operation. */
#define LAND_IF_IDLE 0 /* refuse */
#define LAND_ANYWAY  1 /* land all the same; Linux has made sure that no VMCS of L1 is active */

/*
 * What L1 finds in RAX after the landing call: 0 if it was refused, or these. With LAND_IN_VMX
 * RDX has L1's VMXON pointer, all ones if it is unknown.
 */
#define LAND_DONE     1
#define LAND_VMXE     2	 /* L1 has set CR4.VMXE */
#define LAND_NE_CLEAR 4	 /* L1 has cleared CR0.NE */
#define LAND_IN_VMX   8	 /* L1 is in VMX operation */
#define LAND_NMI      16 /* an NMI met root at the last moment; it is for Linux to handle */
#define LAND_MC	      32 /* as LAND_NMI, for a machine check */

/* entry.S uses these offsets into struct root_config. */
#define CONFIG_ATTENTION 0 /* the next three, in one word */
#define CONFIG_NMI_NOTED 0
#define CONFIG_MC_NOTED	 4
#define CONFIG_STACK_TOP 8

#ifndef __ASSEMBLER__
#include "arch/types.h"
#include "machine/shared.h"

/**
 * struct root_header - the first bytes of the root image
 * @magic: ROOT_HEADER_MAGIC
 * @exit_entry: where VM exits arrive (HOST_RIP)
 * @idt_stubs: ROOT_NR_VECTORS exception entries, ROOT_STUB_SIZE bytes apart
 * @text_end, @data_end, @image_end: ends of code and constants, of initialised data, of the image
 * with bss
 * @cpu_size: bytes of the per-CPU structure that begins with struct root_config
 */
struct root_header {
	u64 magic;
	u64 exit_entry;
	u64 idt_stubs;
	u64 text_end;
	u64 data_end;
	u64 image_end;
	u64 cpu_size;
};

/**
 * struct root_config - what the Linux half tells root about one CPU, before its launch
 * @nmi_noted: an NMI arrived in root and waits for the next VM entry
 * @mc_noted: as @nmi_noted, for a machine check
 * @launch: the next VM entry is a VMLAUNCH
 * @stack_top: root's address of the top of the exit stack (HOST_RSP)
 * @cpu: Linux's number of the CPU
 * @nested: 0 hides VMX from L1
 * @in_vmx: L1 is in VMX operation when it is taken over, without an active VMCS
 * @shared: physical address of struct root_shared
 * @vmcs01: physical address of VMCS01
 * @ept01_root: physical address of a page that is empty at launch: EPT01 is filled as L1 touches
 * memory
 * @land_rip: linear address of the function whose one VMCALL asks for landing
 * @pool: physical ranges of the CPU's page pool
 * @nr_pool: how many ranges there are
 * @hidden: physical address of a bitmap of the blocks that are hidden
 * @nr_hidden: how many bits it has, a multiple of 512
 * @memory: physical address of a bitmap in which root keeps which blocks it has found to be memory
 * @nr_memory: how many bits it has, a multiple of 64
 * @reach: end of the physical addresses that root's page tables map
 * @mask: bits of the VMX capability MSRs, from 480H on, that are hidden from L1
 */
struct root_config {
	u32 nmi_noted;
	u16 mc_noted;
	u16 launch;
	u64 stack_top;
	u32 cpu;
	u32 nested;
	u32 in_vmx;
	u64 shared;
	u64 vmcs01;
	u64 ept01_root;
	u64 land_rip;
	struct {
		u64 start;
		u64 end;
	} pool[ROOT_MAX_BLOCKS];
	u32 nr_pool;
	u64 hidden;
	u64 nr_hidden;
	u64 memory;
	u64 nr_memory;
	u64 reach;
	u64 mask[NR_CAPABILITIES];
};
#endif
#endif
