/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * L1 on the model machine: it executes VMX instructions as its processor would, with Nestor below.
 * Every function ends with the machine back in L1, or in L2 if L2 was entered.
 *
 * L1's linear addresses are its physical addresses. It begins in 64-bit mode at CPL 0, outside VMX
 * operation.
 *
 * Tests want the whole machine: with L1 they have L2, root and what must hold.
 */
#ifndef L1_H
#define L1_H

#include "l2.h"
#include "layout.h"
#include "outcome.h"
#include "processor.h"
#include "promises.h"
#include "root.h"
#include "vmcs01.h"
#include "arch/reasons.h"

/**
 * l1_start() - a new machine, taken over
 * @model: its processor
 * @change: may change the capabilities, or NULL
 */
void l1_start(enum processor_model model, void (*change)(struct vmx_caps *caps));

/**
 * l1_execute() - a VMX instruction of L1 that exits
 * @reason: which
 * @info: VM-exit instruction information
 * @qualification: exit qualification
 */
struct result l1_execute(u32 reason, u32 info, u64 qualification);

/* Instruction information: a memory operand in DS without base and index, or a register. */
#define INFO_MEMORY(reg2)	(1u << 22 | 1u << 27 | 2u << 7 | 3u << 15 | (u32)(reg2) << 28)
#define INFO_MEMORY32(reg2)	(1u << 22 | 1u << 27 | 1u << 7 | 3u << 15 | (u32)(reg2) << 28)
#define INFO_REGISTER(reg1, reg2) (1u << 10 | (u32)(reg1) << 3 | (u32)(reg2) << 28)

/* VMXON, VMCLEAR, VMPTRLD */
struct result l1_pointer(u32 reason, u64 pointer);
struct result l1_vmptrst(u64 *pointer);
struct result l1_vmxoff(void);

/* VMREAD and VMWRITE, which reach the shadow VMCS where VMCS01 lets them. */
struct result l1_vmread(u64 encoding, u64 *value);

/* VMREAD of a field that must be there */
u64 read_field(u64 encoding);
struct result l1_vmwrite(u64 encoding, u64 value);
struct result l1_invept(u64 type, u64 eptp);
struct result l1_invvpid(u64 type, u64 vpid, u64 linear);

/* VMLAUNCH and VMRESUME */
struct result l1_enter(u32 reason);

/* VMXON, VMCLEAR, VMPTRLD of the VMCS of this number. */
void l1_setup(unsigned int vmcs);

/* Entry @i of the MSR list at L1_LISTS */
void l1_list_entry(unsigned int i, u64 index, u64 value);

/* All that must succeed. */
void l1_must(struct result result);

/* VMLAUNCH or VMRESUME, as the launch state is, in 64-bit mode; and an exit that L1 gets. */
void l1_run_l2(void);
void l1_leave_l2(void);

/*
 * The event that the next VM entry of L1 is to inject, taken from there; 0 if there is none. With
 * the RFLAGS that its delivery pushes.
 */
u32 l1_take_event(void);
extern u64 l1_pushed_rflags;

#endif
