/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * EPT as the SDM has it, written apart from nested/: once for EPT12, as the bare processor would
 * walk it, in a copy of L1's tables; once for EPT02, as the processor below Nestor does, with a TLB
 * that forgets nothing it need not forget.
 */
#ifndef MODEL_EPT_H
#define MODEL_EPT_H

#include "l1.h"

#define EPT_NR_TABLES	6
#define EPT_TABLE(i)	(L1_TABLES + (u64)(i) * 0x1000)

#define ACCESS_READ	1u
#define ACCESS_WRITE	2u
#define ACCESS_FETCH	4u
#define ACCESS_PAGING	8u	/* to a paging structure of L2's */

#define SPP_TABLE(i)	(L1_SPP_TABLES + (u64)(i) * 0x1000)

enum ept_result { EPT_OK, EPT_VIOLATION, EPT_MISCONFIG, EPT_LOG_FULL, EPT_SPP_EVENT };

/**
 * struct ept_outcome - what an access comes to
 * @result: which of the above
 * @pa: physical address, of EPT_OK
 * @type: memory type and "ignore PAT" of the leaf, of EPT_OK
 * @qualification: bits 6:0 of the exit qualification, of EPT_VIOLATION; bit 11, of EPT_SPP_EVENT
 * @suppress_ve: bit 63 of the entry that was not present or last
 */
struct ept_outcome {
	enum ept_result result;
	u64 pa;
	u64 type;
	u64 qualification;
	bool suppress_ve;
};

/**
 * struct model_pml - page-modification logging of the bare processor
 * @on: L1 has it on
 * @address: of the log
 * @index: GUEST_PML_INDEX
 * @logged: the last access has written @gpa to @at
 */
struct model_pml {
	bool on;
	u64 address;
	u16 index;
	bool logged;
	u64 at;
	u64 gpa;
};

extern struct model_pml pml12;

/* Sub-page write permissions of the bare processor: L1 has them on, and its table */
struct model_spp {
	bool on;
	u64 table;
};

extern struct model_spp spp12;

/* Is what the last access should have logged missing? */
bool model_pml_differs(void);

/* Begin with L1's tables as they are. */
void model_ept_begin(void);

/* L1 writes an entry of its tables. */
void model_ept_write(u64 pa, u64 entry);

/**
 * model_ept12() - an access on the bare processor
 * @eptp: EPT pointer
 * @mode_based: mode-based execute control
 * @gpa: guest-physical address
 * @access: ACCESS_*
 * @user: the linear address is a user-mode one
 */
struct ept_outcome model_ept12(u64 eptp, bool mode_based, u64 gpa, unsigned int access, bool user);

/* The bare processor's accessed and dirty flags and L1's tables as they are now: 0 or where. */
u64 model_ept_differs(const struct ept_outcome *outcome);

/**
 * l2_access() - L2 accesses memory; Nestor answers exits of its own
 * @gpa: guest-physical address
 * @access: ACCESS_*
 * @user: the linear address is a user-mode one
 * @outcome: filled; for EPT_VIOLATION and EPT_MISCONFIG L1 has got the exit
 *
 * Return: exits that it took.
 */
unsigned int l2_access(u64 gpa, unsigned int access, bool user, struct ept_outcome *outcome);

/* The rest of an exit that accesses of L2 cause from now on: event delivery and such. */
extern struct l2_exit l2_access_exit;

#endif
