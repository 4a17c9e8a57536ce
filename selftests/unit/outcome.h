/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How an instruction of L1 or L2 ended.
 */
#ifndef OUTCOME_H
#define OUTCOME_H

#include "arch/fault.h"
#include "arch/types.h"

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

#endif
