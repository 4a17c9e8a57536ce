/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bare processor, as L1 would find it without Nestor: the reference for what L1 sees. Written
 * from the SDM and apart from nested/; it knows nothing of slots, shadow VMCSs or VMCS02.
 */
#ifndef BARE_H
#define BARE_H

#include "l1.h"

#define BARE_MAX_VMCS	L1_MAX_VMCS

/**
 * struct bare_vmcs - a VMCS region
 * @address: of the region
 * @launched: launch state
 * @shadow: bit 31 of the revision identifier
 * @undefined: left undefined by the last exit
 * @field: by enum field_index
 */
struct bare_vmcs {
	u64 address;
	bool launched;
	bool shadow;
	bool undefined[NR_FIELDS];
	u64 field[NR_FIELDS];
};

/**
 * struct bare - the processor
 * @in_vmx: in VMX operation
 * @in_l2: L2 runs
 * @vmxon: VMXON pointer
 * @current: current VMCS or NULL
 * @l2: registers of L2 that a VM exit may or may not save, by field
 * @cet: CET state that L1 goes on with after an exit
 * @pkrs: its IA32_PKRS
 */
struct bare {
	bool in_vmx;
	bool in_l2;
	u64 vmxon;
	struct bare_vmcs *current;
	struct bare_vmcs *vmcs[BARE_MAX_VMCS];
	unsigned int nr;
	u64 l2[NR_FIELDS];
	u64 cet[NR_CET];
	u64 pkrs;
};

extern struct bare bare;

/* No VMCS has been seen. */
void bare_reset(void);

/* How instructions end: VMfailInvalid, VMfail with an error number, an exception */
struct result bare_fail_invalid(void);
struct result bare_fail(u32 error);
struct result bare_fault(u8 vector);

/* Do VMX instructions exist? VMXON does outside VMX operation too. */
bool bare_undefined(void);

/* VMXON, VMCLEAR, VMPTRLD */
struct result bare_pointer(u32 reason, u64 pointer);
struct result bare_vmxoff(void);
struct result bare_vmread(u64 encoding, bool long_mode, u64 *value);
struct result bare_vmwrite(u64 encoding, bool long_mode, u64 value);

struct result bare_invept(u64 type, u64 eptp);
struct result bare_invvpid(u64 type, u64 vpid, u64 linear);

/* VMLAUNCH and VMRESUME; what L2 inherits is L1's state. */
struct result bare_enter(u32 reason, bool mov_ss, bool long_mode);

/* A VM exit: exit information and guest state are saved. */
void bare_exits(const struct l2_exit *exit);

/* L2 changes a register. */
void bare_set_l2(enum field_index field, u64 value);

/* Is what L1 finds after a VM exit in VMCS01's guest state? NULL, or the name of what differs. */
const char *bare_l1_differs(const u64 *before, u64 l2_efer, u64 l2_pat, const struct l2_exit *exit);

#endif
