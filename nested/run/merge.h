/* SPDX-License-Identifier: GPL-2.0-only */
/* VMCS02's controls, made of VMCS12's. */
#ifndef NESTED_RUN_MERGE_H
#define NESTED_RUN_MERGE_H

#include "state.h"

/* Write the controls that are replaced or have forced bits; VMCS02 is current. */
void merge_controls(struct nested *n, struct vmcs_slot *slot);

#endif
