/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * L1 on the model machine: it executes VMX instructions as its processor would, with Nestor below.
 * Every function ends with the machine back in L1, or in L2 if L2 was entered.
 *
 * L1's linear addresses are its physical addresses. It begins in 64-bit mode at CPL 0, outside VMX
 * operation.
 */
#ifndef L1_H
#define L1_H

#include "nested.h"
#include "processor.h"
#include "arch/reasons.h"

/* Where L1 has what */
#define L1_PML4		0x1000ull
#define L1_PDPT		0x2000ull
#define L1_PD32		0x6000ull	/* for 32-bit paging */
#define L1_OPERAND	0x3ff8ull	/* so that 16-byte operands cross a page */
#define L1_DESCRIPTOR	0x5000ull
#define L1_VMXON	0x10000ull
#define L1_VMXON_2	0x11000ull
#define L1_PAGES	0x20000ull	/* bitmaps and such */
#define L1_LISTS	0x30000ull	/* MSR lists */
#define L1_TABLES	0x40000ull	/* EPT12 */
#define L1_SPP_TABLES	0x48000ull	/* SPPT12 */
#define L1_VMCS(i)	(0x100000ull + (i) * 0x1000ull)
#define L1_MAX_VMCS	512

enum outcome {
	DONE_SUCCEED,
	DONE_FAIL_INVALID,
	DONE_FAIL_VALID,
	DONE_FAULT,
	DONE_AGAIN,	/* nothing happened: the instruction will be executed again */
	DONE_ENTERED,	/* L2 runs */
	DONE_EXITED,	/* L2 was entered, or failed to be, and L1 got an exit */
};

/**
 * struct result - how an instruction ended
 * @outcome: which of the above
 * @error: VM-instruction error number, of DONE_FAIL_VALID
 * @fault: of DONE_FAULT
 */
struct result {
	enum outcome outcome;
	u32 error;
	struct fault fault;
};

enum l1_mode { L1_LONG, L1_COMPAT, L1_PROTECTED, L1_REAL, L1_V8086 };

extern struct nested nested;
extern struct root_shared shared;
extern u64 gpr[NR_GPRS];

/**
 * l1_start() - a new machine, taken over
 * @model: its processor
 * @change: may change the capabilities, or NULL
 */
void l1_start(enum processor_model model, void (*change)(struct vmx_caps *caps));

void l1_set_mode(enum l1_mode mode);

/* VMCS01, to look at L1's state and to change it. */
u64 l1_state(enum field_index field);
void l1_set_state(enum field_index field, u64 value);

/* The VMCS that would be entered next has this in a field. */
u64 hw_state(enum field_index field);

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

/* All that must succeed. */
void l1_must(struct result result);

/* VMLAUNCH or VMRESUME, as the launch state is, in 64-bit mode; and an exit that L1 gets. */
void l1_run_l2(void);
void l1_leave_l2(void);

/* The event that the next VM entry of L1 is to inject, taken from there; 0 if there is none. */
u32 l1_take_event(void);

/**
 * struct l2_exit - what the processor says of a VM exit of L2
 */
struct l2_exit {
	u32 reason;
	u64 qualification;
	u32 intr_info;
	u32 intr_error;
	u32 idt_info;
	u32 idt_error;
	u32 length;
	u32 insn_info;
	u64 gpa;
	u64 linear;
};

/**
 * l2_exits() - a VM exit of L2
 * @exit: what for
 *
 * Return: true if L1 got it, false if L2 runs on.
 */
bool l2_exits(const struct l2_exit *exit);

/**
 * l2_vmx_access() - VMREAD or VMWRITE of L2
 * @write: VMWRITE
 * @encoding: the field's
 * @value: what is written, or receives what was read
 *
 * The processor executes it where VMCS02 has VMCS shadowing on and the bitmap allows it, else it
 * exits. Return: how it ended; DONE_EXITED if L1 got the exit.
 */
struct result l2_vmx_access(bool write, u64 encoding, u64 *value);

/* L2 has changed a register: the exit to come will save it. */
void l2_set_state(enum field_index field, u64 value);

/* An NMI or a machine check meets root: now, or in the last steps before the next VM entry. */
void l1_note_nmi(void);
void l1_note_mc(void);
void l1_note_in_window(bool nmi, bool mc);

/* The processor refuses the next VM entry of L2 with an exit of this reason, or fails it. */
void l2_refuse(u32 reason, u64 qualification);

/* Root's promises that hold whenever L1 or L2 runs; ends the program if one is broken. */
void check_promises(void);

/* Every page that EPT02 maps is L1's; every table is Nestor's, once. Returns leaves found. */
unsigned int check_ept02(void);

#endif /* L1_H */
