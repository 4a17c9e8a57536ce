/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The processor is asked, with programs, what it can do (caps.h).
 */
#ifndef DIFF_PROBE_H
#define DIFF_PROBE_H

void probe_msrs(void);

/* Needs VMXON and VMCS regions that are marked as the processor wants it. */
void probe_fields(void);

#endif
