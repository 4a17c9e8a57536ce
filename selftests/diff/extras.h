/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a random program may use beyond the usual: shadow VMCSs, EPTP switching, page flags, sub-pages.
 */
#ifndef DIFF_EXTRAS_H
#define DIFF_EXTRAS_H

#include "draft.h"

/* L2's VMREAD and VMWRITE get a VMCS: it is filled first, given to the guest, and read at the end. */
void extras_fill_shadow(struct draft *to);
void extras_shadow(struct draft *to);
void extras_read_shadow(struct draft *to);

void extras_switch_eptps(struct draft *to);
void extras_flag_pages(struct draft *to);
void extras_protect_sub_pages(struct draft *to);

#endif
