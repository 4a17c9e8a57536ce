/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The model processor below nested/: hardware's VMCSs as arrays, MSRs, and what its VMX
 * instructions do for root.
 *
 * It is strict: a VMREAD of a field that the processor does not have, a VMPTRLD that would fail, a
 * VM entry with root's host state gone ends the program, because root code relies on none of it.
 */
#ifndef PROCESSOR_H
#define PROCESSOR_H

#include "arch/caps.h"
#include "arch/fields.h"
#include "arch/types.h"

#define PROCESSOR_MAX_VMCSS	80
#define PROCESSOR_MAX_MSRS	16
#define PROCESSOR_TLB		64

/**
 * struct hw_vmcs - a VMCS that the processor has seen
 * @region: physical address
 * @launched: its launch state
 * @shadow: a shadow VMCS, by the indicator in its region
 * @field: by enum field_index
 */
struct hw_vmcs {
	u64 region;
	bool launched;
	bool shadow;
	u64 field[NR_FIELDS];
};

struct hw_msr {
	u32 index;
	u64 value;
	u64 reserved;	/* bits that WRMSR refuses */
};

/* A cached guest-physical translation: the EPT pointer's address it belongs to, and its leaf. */
struct hw_tlb_entry {
	u64 root;
	u64 page;
	u64 leaf;
	int level;
};

/* Sub-page permissions that the processor holds: those of a page, for one EPT */
struct hw_spp_entry {
	u64 root;
	u64 page;
	u64 permissions;
};

/* CET state, in the order of the fields that save it */
enum { CET_S_CET, CET_SSP, CET_SSP_TABLE, NR_CET };

struct processor {
	const struct vmx_caps *caps;
	struct hw_vmcs vmcs[PROCESSOR_MAX_VMCSS];
	unsigned int nr_vmcss;
	struct hw_vmcs *current;
	bool has[NR_FIELDS];
	struct hw_msr msr[PROCESSOR_MAX_MSRS];
	unsigned int nr_msrs;
	u64 cet[NR_CET];
	u64 pkrs;
	u64 counters;	/* IA32_PERF_GLOBAL_CTRL as the last exit of L2 found it */
	u64 cr2;
	u64 breakpoint[4];	/* DR0 to DR3 */
	u32 pkru;
	u64 tsc;
	unsigned int invepts;
	unsigned int invvpids;
	struct {
		u64 type;
		u16 vpid;
		u64 linear;
	} last_invvpid;
	bool invvpid_fails;
	unsigned int vmptrlds;
	unsigned int inits;
	struct hw_tlb_entry tlb[PROCESSOR_TLB];
	unsigned int tlb_next;
	struct hw_spp_entry spp[PROCESSOR_TLB];
	unsigned int spp_next;
};

extern struct processor processor;

/* What INIT leaves in EDX */
#define PROCESSOR_SIGNATURE	0x306d4

/* Bits of IA32_PERF_GLOBAL_CTRL: four counters, and three fixed ones */
#define PROCESSOR_COUNTERS	0x70000000full

/* Bits of IA32_S_CET: all that the SDM defines */
#define PROCESSOR_S_CET		0xfffffffffffffc3full

/* Sets of capabilities to choose from */
enum processor_model {
	MODEL_BROADWELL,	/* as the emulator's default */
	MODEL_ALL,		/* everything the SDM has */
	MODEL_WESTMERE,		/* no VMCS shadowing, no accessed and dirty flags */
	MODEL_NO_TRUE,		/* like the first, with default1 controls that cannot be 0 */
	NR_MODELS
};

extern const char *const processor_names[NR_MODELS];

/**
 * processor_reset() - a processor without any VMCS
 * @model: its capabilities
 */
void processor_reset(enum processor_model model);

/* Its capabilities, to change before nested_init(); processor_features() takes note. */
extern struct vmx_caps processor_caps;
void processor_features(void);

bool hw_has_cet(void);
bool hw_has_pkrs(void);

/* What VM exits save of CET state and IA32_PKRS, and VM entries load, in the current VMCS. */
void hw_save_kept(void);
void hw_load_kept(void);

void hw_vmptrld(u64 region);
void hw_expect_current(u64 region);
void hw_vmclear(u64 region);
u64 hw_vmread(u64 encoding);
void hw_vmwrite(u64 encoding, u64 value);
void hw_invept(u64 type, u64 eptp);
bool hw_invvpid(u64 type, u16 vpid, u64 linear);
bool hw_rdmsr(u32 msr, u64 *value);
bool hw_wrmsr(u32 msr, u64 value);

/* Let an MSR exist. */
void processor_add_msr(u32 msr, u64 value, u64 reserved);
u64 processor_msr(u32 msr);

/* A VMCS that root has used; NULL if it has not. */
struct hw_vmcs *processor_vmcs(u64 region);

#endif
