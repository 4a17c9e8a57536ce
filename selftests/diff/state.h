/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMCSs that can be entered.
 */
#ifndef DIFF_STATE_H
#define DIFF_STATE_H

#include "arch/types.h"

typedef void (*state_set_fn)(const char *field, u64 value);

/**
 * state_write() - write a VMCS that can be entered
 * @mode: the guest's: long, compat, pae, prot32, flat32, prot16, real, v86
 * @options: words, up to a NULL
 * @set: called for each field
 */
void state_write(const char *mode, char **options, state_set_fn set);
bool state_paging(const char *mode);
int state_code_mode(const char *mode);	/* 16, 32 or 64 */

#endif
