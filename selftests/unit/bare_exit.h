/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bare processor: VM exits. What others than entries ask is in bare.h.
 */
#ifndef BARE_EXIT_H
#define BARE_EXIT_H

#include "arch/types.h"

/* SDM "VM-Entry Failures During or After Loading Guest State": the host's is loaded then too. */
void bare_exit_load_kept(const u64 *cet, u64 pkrs);

#endif
