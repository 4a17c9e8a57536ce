/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The same done twice: by L1 on Nestor (l1.h) and on the bare processor (bare.h). Every function
 * ends the program, with a sentence, when the two come to different results.
 */
#ifndef DUO_H
#define DUO_H

#include "bare.h"
#include "l1.h"

/* A machine whose L1 is not in VMX operation yet. */
void duo_start(enum processor_model model, void (*change)(struct vmx_caps *caps));

/* VMXON, VMCLEAR, VMPTRLD */
struct result duo_pointer(u32 reason, u64 pointer);
struct result duo_vmxoff(void);
struct result duo_vmread(u64 encoding);
struct result duo_vmwrite(u64 encoding, u64 value);
struct result duo_invept(u64 type, u64 eptp);
struct result duo_invvpid(u64 type, u64 vpid, u64 linear);
struct result duo_enter(u32 reason);

/* The exits of the current VMCS load the first entries of L1_LISTS, and store as many that follow. */
void duo_exit_lists(unsigned int nr);

/* Write a field by index, if the processor has it. */
void duo_set(enum field_index field, u64 value);

/* L2 changes a register. */
void duo_set_l2(enum field_index field, u64 value);

/* A VM exit that is L1's; L1's state and the VMCS are compared. */
void duo_exit(const struct l2_exit *exit);

/* The same where L1 on Nestor has got the exit already. */
void duo_exited(const struct l2_exit *exit);

/* VMREAD every field of the current VMCS. */
void duo_compare_fields(void);

/**
 * duo_setup() - VMXON and a VMCS that can be entered
 * @vmcs: number of the region
 */
void duo_setup(unsigned int vmcs);

/* Fill the current VMCS, so that it can be entered. */
void duo_write_valid(void);

/**
 * duo_valid() - what duo_write_valid() writes
 * @field: enum field_index
 *
 * Return: its value; 0 for what is not written.
 */
u64 duo_valid(enum field_index field);

#endif
